"""Bedrock's quotas that the file needs, as Service Quotas gives them for this account."""

from collections.abc import Iterator

from kit.verify.check import Finding, false, holds
from kit.verify.place import Place
from kit_contract.aws_errors import code_of
from kit_contract.quotas import BASE_MODELS_CODE, CUSTOM_MODELS_CODE

# Scheduled customization jobs: https://docs.aws.amazon.com/general/latest/gr/bedrock.html
JOBS_CODE = "L-0406044C"


def model_units(place: Place) -> Iterator[Finding]:
    """Those in use are not subtracted: they may be this deployment's own."""
    wanted: dict[str, int] = {}
    for item in place.config.provisioned_throughput.values():
        if item.commitment == "none":
            code = BASE_MODELS_CODE if item.model else CUSTOM_MODELS_CODE
            wanted[code] = wanted.get(code, 0) + item.model_units
    for code, units in sorted(wanted.items()):
        yield _enough(place, f"model units ({code})", code, units)


def customization_jobs(place: Place) -> Iterator[Finding]:
    if number := len(place.config.customizations):
        yield _enough(place, f"customization jobs ({JOBS_CODE})", JOBS_CODE, number)


def _enough(place: Place, subject: str, code: str, wanted: int) -> Finding:
    value = _value(place, code)
    if value >= wanted:
        return holds(subject, f"{value:g}; the file needs {wanted}")
    return false(
        subject,
        f"{value:g}, but the file needs {wanted}; aws service-quotas request-service-quota-increase --service-code "
        f"bedrock --quota-code {code} --desired-value {wanted} --region {place.region}",
    )


def _value(place: Place, code: str) -> float:
    """The account's value, or AWS's default where Service Quotas has none for the account."""
    quotas = place.client("service-quotas")
    try:
        found = quotas.get_service_quota(ServiceCode="bedrock", QuotaCode=code)
    except Exception as error:
        if code_of(error) != "NoSuchResourceException":
            raise
        found = quotas.get_aws_default_service_quota(ServiceCode="bedrock", QuotaCode=code)
    return float(found["Quota"]["Value"])
