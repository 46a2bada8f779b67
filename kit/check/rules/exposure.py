"""What the internet can reach: function URLs, buckets, OpenSearch Serverless collections."""

from collections.abc import Iterator
from typing import Any

from kit.check.finding import Finding
from kit.check.rules.policy_documents import as_list, parsed
from kit.check.template import Json, Template

PUBLIC_ACLS = ("PublicRead", "PublicReadWrite", "AuthenticatedRead")
BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def check(template: Template) -> Iterator[Finding]:
    for logical_id, properties in template.resources("AWS::Lambda::Url"):
        if properties.get("AuthType") == "NONE":
            reason = "AuthType NONE: anyone on the internet can call the function, at your cost"
            fix = "set AuthType AWS_IAM, or put an API with an authorizer before the function"
            yield Finding(template.stack, logical_id, "kit-function-url-public", reason, fix)
    for logical_id, properties in template.resources("AWS::S3::Bucket"):
        if why := _public(properties):
            fix = "remove it: S3 blocks public access to new buckets by default"
            yield Finding(template.stack, logical_id, "kit-bucket-public", why, fix)
    for logical_id, properties in template.resources("AWS::OpenSearchServerless::SecurityPolicy"):
        rules = as_list(parsed(properties.get("Policy")))
        if properties.get("Type") == "network" and any(_from_public(rule) for rule in rules):
            reason = "AllowFromPublic is true: the collection can be reached from the internet"
            fix = 'set AllowFromPublic false, with SourceVPCEs or SourceServices ["bedrock.amazonaws.com"]'
            yield Finding(template.stack, logical_id, "kit-search-public", reason, fix)


def _public(properties: Json) -> str:
    if properties.get("AccessControl") in PUBLIC_ACLS:
        return f"AccessControl {properties['AccessControl']} makes objects public"
    block = properties.get("PublicAccessBlockConfiguration")
    off = [name for name in BLOCKS if isinstance(block, dict) and block.get(name) in (False, "false")]
    return f"{', '.join(off)} false: a policy or ACL can make objects public" if off else ""


def _from_public(rule: Any) -> bool:
    return isinstance(rule, dict) and rule.get("AllowFromPublic") in (True, "true")
