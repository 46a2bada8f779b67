"""[pipeline.codepipeline]: the pipeline that deploys the environments one after the other, in an account of its own."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from deployment.sections.section import REGION, AccountId, EmailAddress, FilePath, Name, Section

# https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html: ARNs have either prefix.
CONNECTION_ARN = (
    r"^arn:aws(-[a-z]+)*:(codeconnections|codestar-connections):[a-z0-9-]{1,20}:[0-9]{12}:connection/[0-9a-f-]{36}$"
)
# Nothing that a trigger of CodePipeline reads as a pattern, but for the * of a tag.
FULL_REPOSITORY = r"^[A-Za-z0-9_.-]{1,100}(/[A-Za-z0-9_.-]{1,100}){1,20}$"
BRANCH_NAME = r"^[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}$"
TAG_PATTERN = r"^[A-Za-z0-9_][A-Za-z0-9_./*-]{0,199}$"

AcceptedKind = Literal["replace", "delete", "buy", "retrain", "reingest"]
Command = Annotated[str, Field(min_length=1, max_length=1000)]


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
    branch: Annotated[str, Field(pattern=BRANCH_NAME)] = "main"
    tags: Annotated[list[Annotated[str, Field(pattern=TAG_PATTERN)]], Field(max_length=8)] = []
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
