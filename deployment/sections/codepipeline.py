"""[pipeline.codepipeline]: the pipeline that deploys the environments one after the other, in an account of its own."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from deployment.sections.section import (
    CONNECTION_ARN,
    FULL_REPOSITORY,
    GIT_BRANCH,
    REGION,
    AccountId,
    EmailAddress,
    FilePath,
    Name,
    Section,
)

TAGS = r"[A-Za-z0-9_*][A-Za-z0-9_./*-]{0,199}"
RESOLVED = "{{resolve:"  # CloudFormation would put a secret into the commands

AcceptedKind = Literal["replace", "delete", "buy", "retrain", "reingest"]


def _tags(text: str) -> str:
    if not re.fullmatch(TAGS, text):
        raise ValueError(f"must be the name of a tag, with * for any text, such as v* or release/*, got {text!r}")
    return text


def _a_command(text: str) -> str:
    if not text.strip() or RESOLVED in text:
        raise ValueError(f"must be a shell command without {RESOLVED}, got {text!r}")
    return text


Command = Annotated[str, Field(max_length=1000), AfterValidator(_a_command)]
# Its * is read by a trigger of CodePipeline, and by no policy.
Tags = Annotated[str, AfterValidator(_tags)]


class PipelineStage(Section):
    """One environment. `accept`: kinds of kit diff that this pipeline may do there; it stops before any other kind.

    `approval`: a person approves before the deploy; default: in every environment but the first. `questions`: a file
    of smoke questions, asked after the deploy. `rollback`: a failed deploy or a wrong answer brings back the last good
    version.
    """

    accept: list[AcceptedKind] = []
    approval: bool | None = None
    questions: FilePath | None = None
    rollback: bool = True


class CodePipeline(Section):
    """`account` and `region` are those of the pipeline. `tags`: start at a Git tag such as v*, not at a push.

    `environments` in the order of their deployment; `[pipeline.codepipeline.stages.<environment>]` says more of one.
    `install`, `check` and `kit`: the shell commands that prepare a build, check the project, and run the kit.
    """

    account: AccountId
    region: Annotated[str, Field(pattern=REGION)]
    connection_arn: Annotated[str, Field(pattern=CONNECTION_ARN)]
    repository: Annotated[str, Field(pattern=FULL_REPOSITORY)]
    branch: Annotated[str, Field(pattern=GIT_BRANCH)] = "main"
    tags: Annotated[list[Tags], Field(max_length=8)] = []
    environments: Annotated[list[Name], Field(min_length=1, max_length=8)]
    stages: dict[Name, PipelineStage] = {}
    emails: Annotated[list[EmailAddress], Field(max_length=10)] = []
    install: list[Command] = ["make setup"]
    check: list[Command] = ["make check"]
    kit: Command = ".venv/bin/python -m kit"

    @model_validator(mode="after")
    def _stages_are_environments(self) -> Self:
        if len(set(self.environments)) != len(self.environments):
            raise ValueError("environments must name each environment once; remove the double")
        if unknown := sorted(set(self.stages) - set(self.environments)):
            known = ", ".join(self.environments)
            raise ValueError(f"stages.{unknown[0]} is not one of environments ({known}); add it there or remove it")
        return self

    def stage(self, environment: str) -> PipelineStage:
        return self.stages.get(environment, PipelineStage())

    def needs_approval(self, environment: str) -> bool:
        said = self.stage(environment).approval
        return environment != self.environments[0] if said is None else said
