"""The account's quota of model units: checked before a purchase, and named when Bedrock refuses one.

Service Quotas of `bedrock` has one sum over all throughputs without commitment for custom models, one for base models,
and one per model, whose code only the account's own list contains. All are 0 in a new account; AWS Support raises them.
"""

import json
import sys
from typing import TYPE_CHECKING

from custom_resources.framework.errors import error_code
from custom_resources.provisioned_throughput.clients import Clients
from custom_resources.provisioned_throughput.properties import ThroughputProperties
from kit_contract.counted import counted
from kit_contract.errors import ResourceFailedError
from kit_contract.provisioned_throughput import BASE_MODELS_CODE, CUSTOM_MODELS_CODE

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_service_quotas import ServiceQuotasClient


def check_quota(clients: Clients, wanted: ThroughputProperties, model: str) -> None:
    """Raises ResourceFailedError if the account's sum does not allow these model units.

    Bedrock decides for a commitment, which the sums do not cover, and where the sum cannot be read: that is logged.
    """
    if wanted.commitment:
        return
    code = quota_code(model)
    allowed, unreadable = _value(clients.quotas, code)
    if allowed is None:
        print(json.dumps({"step": "quota not checked", "quota": code, "error": unreadable}), file=sys.stderr)
        return
    used = _units_in_use(clients.bedrock, code)
    if used + wanted.model_units > allowed:
        raise ResourceFailedError(
            f"{_shortage(wanted, model, code)}: {used} of {allowed:g} are in use. {_remedy(code)}"
        )


def quota_code(model: str) -> str:
    return CUSTOM_MODELS_CODE if ":custom-model/" in model else BASE_MODELS_CODE


def explained(error: Exception, clients: Clients, wanted: ThroughputProperties, model: str) -> ResourceFailedError:
    """Bedrock's ServiceQuotaExceededException, with what you can do about it."""
    code = quota_code(model)
    value, unreadable = _value(clients.quotas, code)
    now = f"its value could not be read: {unreadable}" if value is None else f"its value is {value:g}"
    return ResourceFailedError(f"{_shortage(wanted, model, code)} ({now}). {_remedy(code)} Bedrock says: {error}")


def _shortage(wanted: ThroughputProperties, model: str, code: str) -> str:
    kind = "custom" if code == CUSTOM_MODELS_CODE else "base"
    return (
        f"nothing was bought: {wanted.name} needs {counted(wanted.model_units, 'model unit')} for "
        f"{model.rpartition('/')[2]}, more than the account's quota {code} (model units without commitment, "
        f"all {kind} models) or the model's own quota allows"
    )


def _remedy(code: str) -> str:
    return (
        "Request an increase in Service Quotas (Amazon Bedrock) or with: aws service-quotas "
        f"request-service-quota-increase --service-code bedrock --quota-code {code} --desired-value N. The model's own "
        "quota: aws service-quotas list-service-quotas --service-code bedrock --query "
        "\"Quotas[?contains(QuotaName,'odel units')]\"."
    )


def _value(quotas: "ServiceQuotasClient", code: str) -> tuple[float | None, str]:
    """The quota's value; or None, and the error code if Service Quotas refuses to tell it."""
    try:
        return quotas.get_service_quota(ServiceCode="bedrock", QuotaCode=code)["Quota"]["Value"], ""
    except Exception as error:
        if not error_code(error):
            raise
        return None, error_code(error)


def _units_in_use(bedrock: "BedrockClient", code: str) -> int:
    pages = bedrock.get_paginator("list_provisioned_model_throughputs").paginate()
    return sum(
        item["desiredModelUnits"]
        for page in pages
        for item in page["provisionedModelSummaries"]
        if not item.get("commitmentDuration") and quota_code(item["modelArn"]) == code
    )
