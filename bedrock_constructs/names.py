"""Names that constructs give: that of their deployment, in SSM parameters, tags and Bedrock, and unique ones."""

import hashlib
import json
import re

import aws_cdk as cdk
from constructs import Construct

from bedrock_constructs.arguments import NAME, NAME_IN_WORDS, check_text
from kit_contract.tags import DEPLOYMENT_TAG

LONGEST = 24  # names of Bedrock's resources hold a name and a hash beside it


def deployment_name(scope: Construct, given: str | None) -> str:
    """`given`, or the name of the stack of `scope` in lower case, shortened where it is long.

    Constructs that share aliases, such as training and an API, need the same name: give it where their stacks differ.
    Raises ValueError for a name that not every service takes.
    """
    if given is not None:
        check_text("kit_deployment", given, NAME, NAME_IN_WORDS)
        return given
    stack = cdk.Stack.of(scope).stack_name
    name = plain_name(stack)
    if len(name) <= LONGEST:
        return name
    digest = hashlib.sha256(stack.encode()).hexdigest()[:6]
    return f"{name[: LONGEST - len(digest) - 1].rstrip('-')}-{digest}"


def plain_name(construct_id: str) -> str:
    """The id of a construct as a name in Bedrock and SSM: lower case, digits and single hyphens."""
    return re.sub("[^a-z0-9]+", "-", construct_id.lower()).strip("-")


def tag_deployment(scope: Construct, kit_deployment: str) -> None:
    """Tag what is below `scope`: roles reach what carries the tag of their deployment."""
    cdk.Tags.of(scope).add(DEPLOYMENT_TAG, kit_deployment)


def unique_name(scope: Construct, prefix: str, *replacing: object) -> str:
    """Another one for other values of `replacing`: CloudFormation makes a replacement before it deletes the old one."""
    name = f"{prefix}-{stable_digest(scope, repr(replacing))[:8]}"
    return re.sub("-+", "-", name)  # Bedrock rejects two hyphens in a row


def stable_digest(scope: Construct, text: str) -> str:
    """SHA-256, the same in each synth: the CDK numbers tokens anew in each, so they count as what they resolve to."""
    if "${Token[" in text:
        text = json.dumps(cdk.Stack.of(scope).resolve(text), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
