"""What is true of the account before anything is deployed: its bootstrap, quotas of Lambda, services and settings."""

from collections.abc import Iterator

from botocore.exceptions import EndpointConnectionError

from kit.concurrency import concurrency_notice
from kit.verify.check import Finding, false, holds, unknown
from kit.verify.place import Place
from kit_contract.aws_errors import code_of
from kit_contract.embedded_aws import EMBEDDED_ACCOUNT
from kit_contract.stacks import inference_api_stack

# The parameter of `cdk bootstrap` with the default qualifier, and the version that the CDK's default synthesizer needs.
BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
BOOTSTRAP_VERSION = 6
BOOTSTRAP = "run .venv/bin/node node_modules/aws-cdk/bin/cdk bootstrap"


def identity(place: Place) -> Iterator[Finding]:
    """A wrong account has ended the command already."""
    expected = place.config.deployment.account
    subject = f"account {place.account}"
    if place.account == EMBEDDED_ACCOUNT:
        yield unknown(subject, "this is the embedded AWS")
    elif expected is None:
        yield unknown(subject, f"you are {place.arn}; name the account that you mean with [deployment] account")
    else:
        yield holds(subject, place.arn)


def bootstrap(place: Place) -> Iterator[Finding]:
    subject = f"{place.account}, {place.region}"
    try:
        text = place.client("ssm").get_parameter(Name=BOOTSTRAP_PARAMETER)["Parameter"]["Value"]
    except Exception as error:
        if code_of(error) != "ParameterNotFound":
            raise
        yield false(subject, f"{BOOTSTRAP_PARAMETER} does not exist; {BOOTSTRAP}")
        return
    if not text.isdigit() or int(text) < BOOTSTRAP_VERSION:
        yield false(subject, f"bootstrap version {text}, {BOOTSTRAP_VERSION} is needed; {BOOTSTRAP}")
    else:
        yield holds(subject, f"version {text}")


def lambda_concurrency(place: Place) -> Iterator[Finding]:
    settings = place.client("lambda").get_account_settings()
    allowed = settings["AccountLimit"]["UnreservedConcurrentExecutions"]
    subject = "concurrent executions"
    if notice := concurrency_notice(lambda: settings, place.region):
        yield false(subject, notice)
    else:
        yield holds(subject, str(allowed))


def api_log_role(place: Place) -> Iterator[Finding]:
    """A deploy of the inference API sets it, for all APIs of the account and Region."""
    if not place.config.inference_api:
        return
    role = place.client("apigateway").get_account().get("cloudwatchRoleArn")
    subject = "log role of API Gateway"
    stack = inference_api_stack(place.config.deployment.name)
    if not role:
        yield holds(subject, "none yet; the deploy sets one")
    elif f"/{stack}-" in role:
        yield holds(subject, f"{role} is that of {stack}")
    else:
        yield false(subject, f"it is {role}; the deploy of {stack} replaces it for all APIs of {place.region}")


def s3_vectors(place: Place) -> Iterator[Finding]:
    sections = place.config.built_knowledge_bases.values()
    if not any(section.store == "s3-vectors" for section in sections):
        return
    try:
        place.client("s3vectors").list_vector_buckets(maxResults=1)
    except EndpointConnectionError as error:
        yield false(place.region, f"S3 Vectors does not answer there ({error}); choose another Region")
    else:
        yield holds(place.region)


def agentcore(place: Place) -> Iterator[Finding]:
    """Before a deploy whose stack of agents would fail halfway: a Region or an account that AgentCore doesn't serve."""
    if not place.config.agents:
        return
    try:
        place.client("bedrock-agentcore-control").list_harnesses(maxResults=1)
    except EndpointConnectionError as error:
        yield false(
            place.region, f"AgentCore does not answer there ({error}); choose another Region, or remove [agents.*]"
        )
    else:
        yield holds(place.region)
