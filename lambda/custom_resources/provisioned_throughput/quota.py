"""Model units that the account may have: looked up before anything is bought, explained when Bedrock refuses.

Service Quotas of `bedrock`: one sum over all throughputs without commitment for custom models, one for base models, and
one per model, whose code only the account's own list tells. All are 0 in a new account; AWS Support raises them.
"""

from typing import TYPE_CHECKING

from custom_resources.framework.lifecycle import ResourceFailedError, error_code
from custom_resources.provisioned_throughput.wanted_throughput import ThroughputProperties

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_service_quotas import ServiceQuotasClient

# https://docs.aws.amazon.com/general/latest/gr/bedrock.html, read 2026-11-23
CUSTOM_MODELS_CODE, BASE_MODELS_CODE = "L-BE77399C", "L-FE44174A"


def check_quota(
    bedrock: "BedrockClient", quotas: "ServiceQuotasClient", wanted: ThroughputProperties, model: str
) -> None:
    """Raise ResourceFailedError where the account's sum does not allow these units; Bedrock judges unreadable ones."""
    if wanted.commitment:
        return  # the sums are for throughput without commitment; Bedrock alone knows what was granted for the others
    code = quota_code(model)
    allowed = _value(quotas, code)
    if allowed is None:
        return
    used = _units_in_use(bedrock, code)
    if used + wanted.model_units > allowed:
        raise ResourceFailedError(
            f"{_shortage(wanted, model, code)}: {used} of {allowed:g} are in use. {_remedy(code)}"
        )


def quota_code(model: str) -> str:
    return CUSTOM_MODELS_CODE if ":custom-model/" in model else BASE_MODELS_CODE


def explained(
    error: Exception, quotas: "ServiceQuotasClient", wanted: ThroughputProperties, model: str
) -> ResourceFailedError:
    """Bedrock's ServiceQuotaExceededException in terms of what can be done about it."""
    code = quota_code(model)
    value = _value(quotas, code)
    now = "its value could not be read" if value is None else f"its value is {value:g}"
    return ResourceFailedError(f"{_shortage(wanted, model, code)} ({now}). {_remedy(code)} Bedrock says: {error}")


def _shortage(wanted: ThroughputProperties, model: str, code: str) -> str:
    kind = "custom" if code == CUSTOM_MODELS_CODE else "base"
    return (
        f"nothing was bought: {wanted.name} needs {wanted.model_units} model units for {model.rpartition('/')[2]}, "
        f"more than the account's quota {code} (model units without commitment, all {kind} models) or the model's own "
        "allows"
    )


def _remedy(code: str) -> str:
    return (
        "Ask for more in Service Quotas (Amazon Bedrock) or: aws service-quotas request-service-quota-increase "
        f"--service-code bedrock --quota-code {code} --desired-value N; the model's own quota: aws service-quotas "
        "list-service-quotas --service-code bedrock --query \"Quotas[?contains(QuotaName,'odel units')]\"."
    )


def _value(quotas: "ServiceQuotasClient", code: str) -> float | None:
    """None where it cannot be read: then Bedrock decides, and its refusal is explained."""
    try:
        return quotas.get_service_quota(ServiceCode="bedrock", QuotaCode=code)["Quota"]["Value"]
    except Exception as error:
        if not error_code(error):
            raise
        return None


def _units_in_use(bedrock: "BedrockClient", code: str) -> int:
    pages = bedrock.get_paginator("list_provisioned_model_throughputs").paginate()
    return sum(
        item["desiredModelUnits"]
        for page in pages
        for item in page["provisionedModelSummaries"]
        if not item.get("commitmentDuration") and quota_code(item["modelArn"]) == code
    )
