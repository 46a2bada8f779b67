"""Bedrock's quotas that the file needs, as Service Quotas gives them for this account."""

from collections.abc import Iterator, Mapping
from typing import Any

from kit.verify.check import Finding, false, holds, unknown
from kit.verify.place import Place
from kit_contract.aws_errors import code_of
from kit_contract.provisioned_throughput import BASE_MODELS_CODE, CUSTOM_MODELS_CODE
from kit_contract.run_names import bedrock_name

# Scheduled customization jobs: https://docs.aws.amazon.com/general/latest/gr/bedrock.html
JOBS_CODE = "L-0406044C"
KNOWLEDGE_BASES_CODE, KNOWLEDGE_BASES_NAME = "L-60DA3E0D", "knowledge bases per account"


def model_units(place: Place) -> Iterator[Finding]:
    """Those in use are not subtracted: they may be this deployment's own."""
    wanted: dict[str, int] = {}
    for item in place.config.provisioned_throughput.values():
        if item.commitment == "none":
            code = BASE_MODELS_CODE if item.model else CUSTOM_MODELS_CODE
            wanted[code] = wanted.get(code, 0) + item.model_units
    for code, units in sorted(wanted.items()):
        yield _enough(place, f"model units ({code})", code, units)


def knowledge_bases(place: Place) -> Iterator[Finding]:
    """Those of the account, and what the deploy adds to them."""
    wanted = {bedrock_name(place.config.deployment.name, name) for name in place.config.built_knowledge_bases}
    if not wanted:
        return
    subject = f"knowledge bases ({KNOWLEDGE_BASES_CODE})"
    quota = _quota(place, KNOWLEDGE_BASES_CODE)
    if KNOWLEDGE_BASES_NAME not in quota["QuotaName"].lower():
        yield unknown(subject, f"the quota of this code is called {quota['QuotaName']!r}; compare it by hand")
        return
    pages = place.client("bedrock-agent").get_paginator("list_knowledge_bases").paginate()
    others = {item["name"] for page in pages for item in page["knowledgeBaseSummaries"]} - wanted
    yield _compared(place, subject, KNOWLEDGE_BASES_CODE, float(quota["Value"]), len(others) + len(wanted))


def customization_jobs(place: Place) -> Iterator[Finding]:
    if number := len(place.config.customizations):
        yield _enough(place, f"customization jobs ({JOBS_CODE})", JOBS_CODE, number)


def _enough(place: Place, subject: str, code: str, wanted: int) -> Finding:
    return _compared(place, subject, code, float(_quota(place, code)["Value"]), wanted)


def _compared(place: Place, subject: str, code: str, value: float, wanted: int) -> Finding:
    if value >= wanted:
        return holds(subject, f"{value:g}; the file needs {wanted}")
    return false(
        subject,
        f"{value:g}, but the file needs {wanted}; aws service-quotas request-service-quota-increase --service-code "
        f"bedrock --quota-code {code} --desired-value {wanted} --region {place.region}",
    )


def _quota(place: Place, code: str) -> Mapping[str, Any]:
    """The account's value, or AWS's default where Service Quotas has none for the account."""
    quotas = place.client("service-quotas")
    try:
        found = quotas.get_service_quota(ServiceCode="bedrock", QuotaCode=code)
    except Exception as error:
        if code_of(error) != "NoSuchResourceException":
            raise
        found = quotas.get_aws_default_service_quota(ServiceCode="bedrock", QuotaCode=code)
    quota: Mapping[str, Any] = found["Quota"]
    return quota
