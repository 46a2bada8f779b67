"""The API of S3 Vectors, which ministack lacks: GetIndex and DeleteIndex of the indexes that stacks create.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_S3VectorBuckets_GetIndex.html
"""

import json
from typing import Any

from ministack import app
from ministack.core.responses import get_account_id, get_region

from kit_contract.partitions import partition_of
from local_aws.extension.bedrock.responses import BedrockError, Response, answer, refusal
from local_aws.extension.vector_indexes import indexes, vector_index


def install() -> None:
    app.SERVICE_HANDLERS["s3vectors"] = _handle


async def _handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
    arn = _arn(json.loads(body or b"{}"))
    found = vector_index(arn)
    if path not in ("/GetIndex", "/DeleteIndex"):
        return refusal(BedrockError("ValidationException", f"The embedded AWS has no {path.lstrip('/')} of S3 Vectors"))
    if path == "/DeleteIndex":  # AWS says nothing if there is none
        indexes.pop(arn, None)
        return answer({})
    if found is None:
        return refusal(BedrockError("NotFoundException", "The specified index could not be found"), 404)
    return answer({"index": _described(arn, found)})


def _arn(given: dict[str, str]) -> str:
    if "indexArn" in given:
        return given["indexArn"]
    partition, region = partition_of(get_region()), get_region()
    bucket = f"arn:{partition}:s3vectors:{region}:{get_account_id()}:bucket/{given.get('vectorBucketName')}"
    return f"{bucket}/index/{given.get('indexName')}"


def _described(arn: str, properties: dict[str, Any]) -> dict[str, Any]:
    _, bucket, _, name = arn.rpartition(":")[2].split("/")
    return {
        "vectorBucketName": bucket,
        "indexName": name,
        "indexArn": arn,
        "dataType": properties["DataType"],
        "dimension": int(properties["Dimension"]),
        "distanceMetric": properties["DistanceMetric"],
    }
