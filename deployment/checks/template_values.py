"""How long the values of a template are when CloudFormation has resolved them: at synth, names are not known yet.

What is unknown is assumed to be as long as it can become, so that a template never passes and then fails.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ACCOUNT = "0" * 12
LONGEST_VALUE = "0" * 64  # of a parameter, or of a function that only a deploy resolves
AGENTS = "/agents/"  # in the names of the SSM parameters that hold ARNs of harnesses and functions
LONGEST_ARN = "0" * 140  # arn:aws-us-gov:lambda:REGION:ACCOUNT:function: and a name of 64 characters
# CloudFormation names a resource <stack>-<logical id>-<12 characters>, and shortens that to what the service allows.
RANDOM = "-000000000000"
LONGEST_NAME = 255
LONGEST_NAMES = {"AWS::IAM::Role": 64, "AWS::Lambda::Function": 64, "AWS::S3::Bucket": 63, "AWS::SQS::Queue": 80}
REF_IS_ARN = ("AWS::StepFunctions::StateMachine", "AWS::SecretsManager::Secret", "AWS::SNS::Topic")


@dataclass(frozen=True)
class TemplateValues:
    """The values of one stack's template."""

    stack: str
    region: str
    template: Mapping[str, Any]

    def resolved(self, value: Any) -> Any:
        """`value` with text of the right length, or longer, in place of each intrinsic function."""
        if isinstance(value, list):
            return [self.resolved(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        name = next(iter(value), "")
        if len(value) == 1 and (name == "Ref" or name.startswith("Fn::")):
            return self._function(name, value[name])
        return {key: self.resolved(item) for key, item in value.items()}

    def _function(self, name: str, argument: Any) -> str:
        if name == "Ref":
            return self._reference(argument)
        if name == "Fn::GetAtt":
            return self._arn(argument[0])
        if name == "Fn::Join":
            return str(argument[0]).join(str(self.resolved(part)) for part in argument[1])
        if name == "Fn::Sub" and isinstance(argument, str):
            return re.sub(r"\$\{([^}]+)\}", lambda found: self._reference(found[1]), argument)
        return LONGEST_VALUE

    def _reference(self, name: str) -> str:
        pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": self._partition,
            "AWS::Region": self.region,
            "AWS::StackName": self.stack,
            "AWS::URLSuffix": "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name]
        kind = self._type(name)
        if not kind:
            return LONGEST_ARN if AGENTS in self._default(name) else LONGEST_VALUE
        return self._arn(name) if kind in REF_IS_ARN else self._name(name)

    @property
    def _partition(self) -> str:
        return {"us-gov": "aws-us-gov", "cn": "aws-cn"}.get(self.region.rpartition("-")[0].rpartition("-")[0], "aws")

    def _type(self, logical_id: str) -> str:
        return str(self.template.get("Resources", {}).get(logical_id, {}).get("Type", ""))

    def _default(self, parameter: str) -> str:
        return str(self.template.get("Parameters", {}).get(parameter, {}).get("Default", ""))

    def _name(self, logical_id: str) -> str:
        return f"{self.stack}-{logical_id}{RANDOM}"[: LONGEST_NAMES.get(self._type(logical_id), LONGEST_NAME)]

    def _arn(self, logical_id: str) -> str:
        _, _, kind = self._type(logical_id).partition("::")
        service, _, resource = kind.partition("::")
        return f"arn:{self._partition}:{service}:{self.region}:{ACCOUNT}:{resource}/{self._name(logical_id)}"
