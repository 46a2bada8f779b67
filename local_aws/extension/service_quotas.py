"""Service Quotas, which ministack lacks: Bedrock's quotas of model units, whose value is KIT_PT_QUOTA, and of jobs."""

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
    "L-0406044C": "(Model customization) Scheduled customization jobs",
    "L-60DA3E0D": "(Knowledge Bases) Knowledge bases per account",
}
VALUES = {"L-0406044C": 10.0, "L-60DA3E0D": 100.0}  # of the others, KIT_PT_QUOTA


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
    if operation not in ("GetServiceQuota", "GetAWSDefaultServiceQuota"):
        raise BedrockError("ValidationException", f"The embedded AWS has no {operation}")
    quota = _quota(str(given.get("QuotaCode")))
    if operation == "GetAWSDefaultServiceQuota" and quota["QuotaCode"] not in VALUES:
        quota["Value"] = 0.0  # AWS gives model units to no new account
    return answer({"Quota": quota})


def _quota(code: str) -> dict[str, Any]:
    if code not in NAMES:
        raise BedrockError("NoSuchResourceException", f"The embedded AWS has no quota {code}")
    return {
        "ServiceCode": "bedrock",
        "ServiceName": "Amazon Bedrock",
        "QuotaArn": f"arn:{partition_of(get_region())}:servicequotas:{get_region()}:{get_account_id()}:bedrock/{code}",
        "QuotaCode": code,
        "QuotaName": NAMES[code],
        "Value": VALUES.get(code, float(units_allowed())),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }
