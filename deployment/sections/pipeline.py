"""[pipeline.github] and [pipeline.gitlab]: what may deploy from CI, without a stored key of AWS."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from deployment.sections.section import Section

# https://docs.github.com/en/actions/reference/security/oidc: nothing that IAM reads as a wildcard or a variable.
REPOSITORY = r"^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}/[A-Za-z0-9_.-]{1,100}$"
PROJECT_PATH = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}){1,20}$"
NUMBER = r"^[1-9][0-9]{0,19}$"
BRANCH = r"^[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}$"
TAG = r"^[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}\*?$"
GITHUB_ENVIRONMENT = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$"
HOST = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"
ROLE_PREFIX = r"^[A-Za-z][A-Za-z0-9-]{0,47}$"  # with -github-deploy it is a name of IAM

Provider = Literal["create", "existing"]
Branch = Annotated[str, Field(pattern=BRANCH)]
Tag = Annotated[str, Field(pattern=TAG)]


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
    repository_id: Annotated[str, Field(pattern=NUMBER)]
    owner_id: Annotated[str, Field(pattern=NUMBER)]
    environment: Annotated[str, Field(pattern=GITHUB_ENVIRONMENT)] | None = None


class GitLab(PipelineAccess):
    """`project`: the path with its groups. `host`: of your instance, which AWS has to reach."""

    project: Annotated[str, Field(pattern=PROJECT_PATH)]
    host: Annotated[str, Field(pattern=HOST)] = "gitlab.com"


class Pipeline(Section):
    github: GitHub | None = None
    gitlab: GitLab | None = None
