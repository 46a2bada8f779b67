"""Guardrail profiles: the Regions that they can be used from, and those where a guardrail may then run.

https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-cross-region-support.html
"""

from collections.abc import Mapping, Sequence

_US = ("us-east-1", "us-east-2", "us-west-2")
_EU = ("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3")
_GOV = ("us-gov-east-1", "us-gov-west-1")
_APAC = (
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
    *("ap-south-1", "ap-southeast-1", "ap-southeast-2"),
)
_WIDE_APAC = (*_APAC, "ap-south-2", "ap-southeast-4")
# Profile -> source Region -> destination Regions.
GUARDRAIL_PROFILES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "us.guardrail.v1:0": {**dict.fromkeys(_US, _US), "us-west-1": (*_US, "us-west-1")},
    "us-gov.guardrail.v1:0": dict.fromkeys(_GOV, _GOV),
    "eu.guardrail.v1:0": {**dict.fromkeys(_EU, _EU), "il-central-1": (*_EU, "il-central-1")},
    "uk.guardrail.v1:0": {"eu-west-2": ("eu-west-2",)},
    "au.guardrail.v1:0": {"ap-southeast-2": ("ap-southeast-2",)},
    "ca.guardrail.v1:0": {"ca-central-1": ("ca-central-1", "ca-west-1")},
    "apac.guardrail.v1:0": {
        **{region: _APAC for region in _APAC if region != "ap-northeast-3"},
        "ap-southeast-3": (*_WIDE_APAC, "ap-southeast-3"),
        "ap-southeast-4": _WIDE_APAC,
        "ap-east-2": (*_WIDE_APAC, "ap-east-2", "ap-southeast-3"),
        "ap-southeast-5": (*_WIDE_APAC, "ap-southeast-3", "ap-southeast-5"),
        "ap-southeast-7": (*_WIDE_APAC, "ap-southeast-3", "ap-southeast-7"),
        "me-central-1": (*_WIDE_APAC, "ap-southeast-3", "me-central-1"),
    },
}


def profiles_in(region: str) -> list[str]:
    """The profiles that a guardrail in `region` can use."""
    return sorted(profile for profile, sources in GUARDRAIL_PROFILES.items() if region in sources)


def destinations(profile: str, region: str) -> list[str]:
    """Where a guardrail in `region` may run; every Region if the profile is not listed."""
    return sorted(GUARDRAIL_PROFILES.get(profile, {}).get(region, ("*",)))
