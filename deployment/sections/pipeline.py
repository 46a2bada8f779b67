"""[pipeline.github] and [pipeline.gitlab]: what may deploy from CI, without a stored key of AWS."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from deployment.sections.codepipeline import CodePipeline
from deployment.sections.section import (
    GIT_BRANCH,
    GITHUB_ENVIRONMENT,
    GITLAB_PROJECT,
    HOST_NAME,
    NUMERIC_ID,
    REPOSITORY,
    ROLE_PREFIX,
    Section,
)

TAG = r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}\*?"


def _a_tag(text: str) -> str:
    if not re.fullmatch(TAG, text):
        raise ValueError(f"must be the name of a tag, and may end in *: v* or release/v1, got {text!r}")
    return text


Provider = Literal["create", "existing"]
Branch = Annotated[str, Field(pattern=GIT_BRANCH)]
Tag = Annotated[str, AfterValidator(_a_tag)]  # its * is a wildcard in a condition, as StringLike has it


class PipelineAccess(Section):
    """`branches` and `tags`: from which Git references this deployment may be deployed; a tag may end in *.

    `default_branch` runs the nightly look for drift. `provider`: "create" makes the OIDC provider, of which an account
    has one for each issuer; "existing" uses the one that is there. `role_prefix`: default: the deployment's name.
    """

    branches: Annotated[list[Branch], Field(max_length=5)] = ["main"]
    tags: Annotated[list[Tag], Field(max_length=5)] = []
    default_branch: Branch = "main"
    provider: Provider = "create"
    role_prefix: Annotated[str, Field(pattern=ROLE_PREFIX)] | None = None

    @model_validator(mode="after")
    def _deploys_from_something(self) -> Self:
        if not self.branches and not self.tags:
            raise ValueError("nothing may deploy: name a branch in branches, or a tag such as v* in tags")
        return self


class GitHub(PipelineAccess):
    """`repository_id` and `owner_id` never change and are never given away again, as names are:
    `gh api repos/OWNER/NAME --jq '.id, .owner.id'` prints them.

    `environment`: GitHub's environment whose rules (reviewers, references) a deploy waits for; default: the name of
    the chosen one of [environments.*].
    """

    repository: Annotated[str, Field(pattern=REPOSITORY)]
    repository_id: Annotated[str, Field(pattern=NUMERIC_ID)]
    owner_id: Annotated[str, Field(pattern=NUMERIC_ID)]
    environment: Annotated[str, Field(pattern=GITHUB_ENVIRONMENT)] | None = None


class GitLab(PipelineAccess):
    """`project`: the path with its groups. `host`: of your instance, which AWS has to reach."""

    project: Annotated[str, Field(pattern=GITLAB_PROJECT)]
    host: Annotated[str, Field(pattern=HOST_NAME)] = "gitlab.com"


class Pipeline(Section):
    github: GitHub | None = None
    gitlab: GitLab | None = None
    codepipeline: CodePipeline | None = None
