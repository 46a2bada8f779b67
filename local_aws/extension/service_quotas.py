"""Service Quotas, which ministack lacks: the two sums of Bedrock's model units, read and listed.

Their value is KIT_PT_QUOTA, the same that a purchase is held to.
"""

import json
from typing import Any

from ministack import app
from ministack.core import router
from ministack.core.responses import get_account_id, get_region

from local_aws.extension.bedrock_answers import BedrockError, Response, answer, refusal
from local_aws.extension.bedrock_provisioned_throughput import units_allowed

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
        raise BedrockError("NoSuchResourceException", f"There are no quotas of {given.get('ServiceCode')} here")
    if operation == "ListServiceQuotas":
        return answer({"Quotas": [_quota(code) for code in NAMES]})
    if operation != "GetServiceQuota":
        raise BedrockError("ValidationException", f"The embedded AWS has no {operation}")
    return answer({"Quota": _quota(str(given.get("QuotaCode")))})


def _quota(code: str) -> dict[str, Any]:
    if code not in NAMES:
        raise BedrockError("NoSuchResourceException", f"There is no quota {code} here")
    return {
        "ServiceCode": "bedrock",
        "ServiceName": "Amazon Bedrock",
        "QuotaArn": f"arn:aws:servicequotas:{get_region()}:{get_account_id()}:bedrock/{code}",
        "QuotaCode": code,
        "QuotaName": NAMES[code],
        "Value": float(units_allowed()),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }
