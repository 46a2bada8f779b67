"""Permissions to buy, swap and release throughputs: the same for the custom resources and for the controller.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam

from bedrock_constructs import ownership
from bedrock_constructs.arguments import BEDROCK_NAME, BEDROCK_NAME_IN_WORDS, check_text
from bedrock_constructs.custom_model_key import USE, model_key_statement
from bedrock_constructs.model_arns import CONTEXT_SUFFIX
from kit_contract import parameters
from kit_contract.parameters import ANY


@dataclass(frozen=True)
class ThroughputTarget:
    """A throughput: its name in Bedrock, the model or customization that it serves, the alias that points to it, and
    the ARN of the customer managed key that encrypts the customization's models.

    Raises ValueError unless exactly one of model and customization is given.
    """

    name: str
    model_identifier: str | None = None
    customization: str | None = None
    alias: str | None = None
    model_key: str | None = None

    def __post_init__(self) -> None:
        check_text("name", self.name, BEDROCK_NAME, BEDROCK_NAME_IN_WORDS)
        if bool(self.model_identifier) == bool(self.customization):
            raise ValueError(
                f"provisioned throughput {self.name} needs either a model or a customization, got "
                f"{self.model_identifier!r} and {self.customization!r}; name exactly one"
            )


def throughput_statements(
    stack: Stack, kit_deployment: str, targets: Sequence[ThroughputTarget]
) -> list[iam.PolicyStatement]:
    """But for the models, they are those of any throughput of the deployment: a policy cannot name any number of them,
    and one that is removed is deleted after the grants have changed.
    """
    # Bedrock generates the last part of these ARNs: only the type can be named.
    throughputs = stack.format_arn(service="bedrock", resource="provisioned-model", resource_name="*")
    models = sorted({_model_arn(stack, target) for target in targets if not target.customization})
    create, get, update, delete = (
        f"bedrock:{verb}ProvisionedModelThroughput" for verb in ("Create", "Get", "Update", "Delete")
    )
    own, created = ownership.own(kit_deployment), ownership.throughput_created(kit_deployment)
    maybe_own = ownership.own_or_absent(kit_deployment)
    # Of all names and aliases: the ones before a change are read and deleted after the grants have changed.
    ledgers = parameter_arn(stack, parameters.throughput_ledger(kit_deployment, ANY))
    aliases = parameter_arn(stack, parameters.alias_capacity(kit_deployment, ANY))
    statements = [
        _allow([update, delete], [throughputs], own),
        _allow([get], [throughputs], maybe_own),
        _allow(["bedrock:TagResource"], [throughputs], ownership.both(created, maybe_own)),
        # Of any: whose a throughput is, its tags tell.
        _allow(["bedrock:ListTagsForResource"], [throughputs]),
        # The units in use are compared with the quota before a purchase; neither action supports a resource.
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_servicequotas.html
        _allow(["bedrock:ListProvisionedModelThroughputs", "servicequotas:GetServiceQuota"], ["*"]),
        _allow(["ssm:GetParameter", "ssm:PutParameter"], [ledgers]),
        _allow(["ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"], [aliases]),
    ]
    if keys := sorted({target.model_key for target in targets if target.model_key}):
        statements.append(model_key_statement(stack, "UseModelKeys", USE, keys))
    if models:  # deployment.toml names them: they are anybody's
        statements += [_allow([create], models, created), _allow([update], models)]
    if any(target.customization for target in targets):
        trained = stack.format_arn(service="bedrock", resource="custom-model", resource_name="*")
        statements += [
            _allow([create], [trained], ownership.both(created, own)),
            _allow([update], [trained], own),
            # Before the first promotion the newest model of the customization is looked up.
            _allow(["bedrock:ListCustomModels"], ["*"]),
            _allow(["bedrock:ListTagsForResource"], [trained]),
        ]
        promoted = parameter_arn(stack, parameters.customization_promoted(kit_deployment, ANY))
        statements.append(_allow(["ssm:GetParameter"], [promoted]))
    return statements


def idleness_statements(stack: Stack, kit_deployment: str) -> list[iam.PolicyStatement]:
    """Permissions to count the calls of this deployment's throughputs, and to call each once to see that it is counted.

    The Get action beside the invoking one: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
    """
    kinds = {"InvokeModel": "provisioned-model", "GetCustomModel": "custom-model"}
    calls = [
        iam.PolicyStatement(
            actions=[f"bedrock:{action}"],
            resources=[stack.format_arn(service="bedrock", resource=kind, resource_name="*")],
            conditions=ownership.own(kit_deployment),
        )
        for action, kind in kinds.items()
    ]
    return [_allow(["cloudwatch:GetMetricStatistics"], ["*"]), *calls]  # metrics have no ARN


def parameter_arn(stack: Stack, name: str) -> str:
    return stack.format_arn(service="ssm", resource=f"parameter{name}", arn_format=ArnFormat.NO_RESOURCE_NAME)


def _model_arn(stack: Stack, target: ThroughputTarget) -> str:
    assert target.model_identifier
    if target.model_identifier.startswith("arn:"):
        return target.model_identifier
    # With and without the context suffix: AWS does not document which one IAM evaluates.
    name = f"{CONTEXT_SUFFIX.sub('', target.model_identifier)}*"
    return stack.format_arn(service="bedrock", account="", resource="foundation-model", resource_name=name)


def _allow(
    actions: list[str], resources: list[str], conditions: ownership.Conditions | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=actions, resources=resources, conditions=conditions)
