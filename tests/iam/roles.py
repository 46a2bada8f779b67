"""The roles of synthesized templates, with references resolved to the ARNs they would have on AWS."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.iam.simulator import Statement, as_list
from tests.synthesized import ACCOUNT

HASH = re.compile(r"[0-9A-F]{8}$")
ASSET = re.compile(r"(?<=/)([0-9a-f]{64}(?=\.zip$)|[0-9a-f]{20}\*(?=\.jsonl$))")
# Fn::GetAtt ... Arn, and Ref where Ref gives an ARN. {name} is "<stack>-<logical id without its hash>".
ARNS = {
    "AWS::Lambda::Function": "arn:aws:lambda:{region}:{account}:function:{name}",
    "AWS::S3::Bucket": "arn:aws:s3:::{lower}",
    "AWS::SQS::Queue": "arn:aws:sqs:{region}:{account}:{name}",
    "AWS::SNS::Topic": "arn:aws:sns:{region}:{account}:{name}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}:*",
    "AWS::IAM::Role": "arn:aws:iam::{account}:role/{name}",
    "AWS::StepFunctions::StateMachine": "arn:aws:states:{region}:{account}:stateMachine:{name}",
    "AWS::SecretsManager::Secret": "arn:aws:secretsmanager:{region}:{account}:secret:{name}",
    "AWS::Bedrock::KnowledgeBase": "arn:aws:bedrock:{region}:{account}:knowledge-base/{name}",
    "AWS::Bedrock::Guardrail": "arn:aws:bedrock:{region}:{account}:guardrail/{name}",
    "AWS::BedrockAgentCore::Gateway": "arn:aws:bedrock-agentcore:{region}:{account}:gateway/{name}",
    "AWS::BedrockAgentCore::Memory": "arn:aws:bedrock-agentcore:{region}:{account}:memory/{name}",
    "AWS::BedrockAgentCore::Harness": "arn:aws:bedrock-agentcore:{region}:{account}:harness/{name}",
    "AWS::S3Vectors::VectorBucket": "arn:aws:s3vectors:{region}:{account}:bucket/{lower}",
    "AWS::S3Vectors::Index": "arn:aws:s3vectors:{region}:{account}:bucket/{lower}/index/{lower}",
    "AWS::RDS::DBCluster": "arn:aws:rds:{region}:{account}:cluster:{lower}",
    "AWS::Scheduler::ScheduleGroup": "arn:aws:scheduler:{region}:{account}:schedule-group/{name}",
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "AWS::CodeBuild::Project": "arn:aws:codebuild:{region}:{account}:project/{name}",
    "AWS::KMS::Key": "arn:aws:kms:{region}:{account}:key/{name}",
}
REF_IS_ARN = {"AWS::StepFunctions::StateMachine", "AWS::SecretsManager::Secret", "AWS::SNS::Topic"}
ARN_ATTRIBUTES = {
    "GatewayArn",
    "MemoryArn",
    "Arn",
    "GuardrailArn",
    "KnowledgeBaseArn",
    "IndexArn",
    "VectorBucketArn",
    "TopicArn",
    "DBClusterArn",
}
MANAGED_SECRET = "MasterUserSecret.SecretArn"


@dataclass(frozen=True)
class Role:
    """`trust` and `statements` hold ARNs only; `managed` names the AWS managed policies beside them."""

    trust: list[Statement]
    statements: list[Statement]
    managed: tuple[str, ...]


def roles_of(templates: Mapping[str, Mapping[str, Any]], *, region: str) -> dict[str, Role]:
    """ "<stack without the deployment's name>/<logical id without its hash>" -> role."""
    deployment = _common_prefix(list(templates))
    resolver = _Resolver(templates, region)
    found: dict[str, Role] = {}
    for stack, template in templates.items():
        for logical_id, resource in template["Resources"].items():
            if resource["Type"] == "AWS::IAM::Role":
                key = f"{stack.removeprefix(deployment)}/{HASH.sub('', logical_id)}"
                assert key not in found, f"two roles are called {key}"
                found[key] = _role(stack, logical_id, resource["Properties"], resolver)
    return found


def _common_prefix(stacks: list[str]) -> str:
    if len(stacks) == 1:
        return stacks[0][: stacks[0].index("-") + 1]
    first, last = min(stacks), max(stacks)
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[: first.rindex("-", 0, same) + 1]


def _role(stack: str, logical_id: str, properties: Mapping[str, Any], resolver: "_Resolver") -> Role:
    statements: list[Statement] = []
    for resource in resolver.templates[stack]["Resources"].values():
        attached = {"Ref": logical_id} in resource.get("Properties", {}).get("Roles", [])
        if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy") and attached:
            statements += resource["Properties"]["PolicyDocument"]["Statement"]
    for inline in properties.get("Policies", []):
        statements += as_list(inline["PolicyDocument"]["Statement"])
    resolve = resolver.resolve
    return Role(
        trust=[resolve(stack, item) for item in properties["AssumeRolePolicyDocument"]["Statement"]],
        statements=_once([resolve(stack, item) for item in statements]),
        managed=tuple(str(resolve(stack, arn)) for arn in properties.get("ManagedPolicyArns", [])),
    )


def _once(statements: list[Statement]) -> list[Statement]:
    """Custom resources of two types may need the same right, in a policy each: for the role it is one."""
    return [item for index, item in enumerate(statements) if item not in statements[:index]]


class _Resolver:
    def __init__(self, templates: Mapping[str, Mapping[str, Any]], region: str) -> None:
        self.templates = templates
        self._pseudo = {
            "AWS::Partition": "aws",
            "AWS::Region": region,
            "AWS::AccountId": ACCOUNT,
            "AWS::URLSuffix": "amazonaws.com",
        }

    def resolve(self, stack: str, value: Any) -> Any:
        """`value` with its intrinsic functions resolved. Raises ValueError for an unknown one."""
        if isinstance(value, list):
            return [self.resolve(stack, item) for item in value]
        if isinstance(value, str):
            return ASSET.sub("<hash>", value)
        if not isinstance(value, dict):
            return value
        function = next(iter(value), "")
        if len(value) == 1 and (function == "Ref" or function.startswith("Fn::")):
            return self._function(stack, function, value[function])
        return {key: self.resolve(stack, item) for key, item in value.items()}

    def _function(self, stack: str, function: str, argument: Any) -> Any:
        match function:
            case "Ref":
                return self._pseudo.get(argument) or self._reference(stack, argument)
            case "Fn::GetAtt":
                return self._attribute(stack, *argument)
            case "Fn::Join":
                return argument[0].join(str(self.resolve(stack, part)) for part in argument[1])
            case "Fn::Sub":
                return re.sub(r"\$\{([^}]+)\}", lambda found: str(self._function(stack, "Ref", found[1])), argument)
            case "Fn::Select":
                return self.resolve(stack, argument[1])[int(argument[0])]
            case "Fn::Split":
                return str(self.resolve(stack, argument[1])).split(argument[0])
        raise ValueError(f"{function} is not supported; add it to _Resolver")

    def _reference(self, stack: str, logical_id: str) -> str:
        if logical_id in self.templates[stack].get("Parameters", {}):
            return self._published(stack, logical_id)
        resource = self.templates[stack]["Resources"][logical_id]
        if resource["Type"] in REF_IS_ARN:
            return self._arn(stack, logical_id)
        if resource["Type"] == "AWS::SSM::Parameter":
            return str(self.resolve(stack, resource["Properties"]["Name"]))
        name = f"{stack}-{HASH.sub('', logical_id)}"
        return name.lower() if resource["Type"] == "AWS::S3::Bucket" else name

    def _attribute(self, stack: str, logical_id: str, attribute: str) -> str:
        if attribute == MANAGED_SECRET:
            return (
                self._arn(stack, logical_id).replace(":rds:", ":secretsmanager:").replace(":cluster:", ":secret:rds!")
            )
        if attribute in ARN_ATTRIBUTES:
            return self._arn(stack, logical_id)
        return self._reference(stack, logical_id) if attribute != "Name" else f"{stack}-{HASH.sub('', logical_id)}"

    def _arn(self, stack: str, logical_id: str) -> str:
        kind = self.templates[stack]["Resources"][logical_id]["Type"]
        if kind not in ARNS:
            raise ValueError(f"{logical_id} of {stack}: the ARN of {kind} is not known; add it to ARNS")
        name = f"{stack}-{HASH.sub('', logical_id)}"
        return ARNS[kind].format(region=self._pseudo["AWS::Region"], account=ACCOUNT, name=name, lower=name.lower())

    def _published(self, stack: str, parameter: str) -> str:
        """The value of the SSM parameter that the stack's template parameter reads: another stack writes it."""
        name = self.templates[stack]["Parameters"][parameter]["Default"]
        for producer, template in self.templates.items():
            for resource in template["Resources"].values():
                if resource["Type"] == "AWS::SSM::Parameter" and resource["Properties"]["Name"] == name:
                    return str(self.resolve(producer, resource["Properties"]["Value"]))
        raise ValueError(f"no stack writes the SSM parameter {name}")
