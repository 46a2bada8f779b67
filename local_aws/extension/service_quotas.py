"""Service Quotas, which ministack lacks: Bedrock's two quotas of model units. Their value is KIT_PT_QUOTA."""

import json
from typing import Any

from ministack import app
from ministack.core import router
from ministack.core.responses import get_account_id, get_region

from kit_contract.partitions import partition_of
from local_aws.extension.bedrock.provisioned_throughput import units_allowed
from local_aws.extension.bedrock.responses import BedrockError, Response, answer, refusal

SERVICE = "servicequotas"
TARGET = "ServiceQuotasV20190624."
# https://docs.aws.amazon.com/general/latest/gr/bedrock.html
NAMES = {
    "L-BE77399C": "Model units no-commitment Provisioned Throughputs across custom models",
    "L-FE44174A": "Model units no-commitment Provisioned Throughputs across base models",
}


def install() -> None:
    router.SERVICE_PATTERNS[SERVICE] = {"target_prefixes": [TARGET]}
    app.SERVICE_HANDLERS[SERVICE] = _handle


async def _handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
    operation = headers.get("x-amz-target", "").removeprefix(TARGET)
    try:
        return _answer(operation, json.loads(body or b"{}"))
    except BedrockError as error:
        return refusal(error)


def _answer(operation: str, given: dict[str, Any]) -> Response:
    if given.get("ServiceCode") != "bedrock":
        raise BedrockError("NoSuchResourceException", f"The embedded AWS has no quotas for {given.get('ServiceCode')}")
    if operation == "ListServiceQuotas":
        return answer({"Quotas": [_quota(code) for code in NAMES]})
    if operation != "GetServiceQuota":
        raise BedrockError("ValidationException", f"The embedded AWS has no {operation}")
    return answer({"Quota": _quota(str(given.get("QuotaCode")))})


def _quota(code: str) -> dict[str, Any]:
    if code not in NAMES:
        raise BedrockError("NoSuchResourceException", f"The embedded AWS has no quota {code}")
    return {
        "ServiceCode": "bedrock",
        "ServiceName": "Amazon Bedrock",
        "QuotaArn": f"arn:{partition_of(get_region())}:servicequotas:{get_region()}:{get_account_id()}:bedrock/{code}",
        "QuotaCode": code,
        "QuotaName": NAMES[code],
        "Value": float(units_allowed()),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }
