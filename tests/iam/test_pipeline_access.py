"""Which tokens of GitHub and GitLab may assume a role of the pipeline."""

import pytest

from bedrock_constructs.pipelines.trust import AUDIENCE, GITHUB_ISSUER, GitHubRepository, GitLabProject
from tests.iam import pipeline_template
from tests.iam.mutations import mutations
from tests.iam.pipeline_template import REPOSITORY
from tests.iam.roles import Role
from tests.iam.simulator import Request, Statement, allowed
from tests.synthesized import ACCOUNT

WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"


@pytest.fixture(scope="module")
def roles() -> dict[str, Role]:
    return pipeline_template.roles()


def github(
    subject: str, *, repository: str = "octo-org/octo-repo", number: str = "789012", **claims: str
) -> dict[str, str]:
    token = {"aud": AUDIENCE, "sub": f"repo:{repository}:{subject}", "repository_id": number, **claims}
    return {f"{GITHUB_ISSUER}:{claim}": value for claim, value in token.items()}


def gitlab(kind: str, reference: str, *, project: str = "group/sub/name", audience: str = AUDIENCE) -> dict[str, str]:
    subject = f"project_path:{project}:ref_type:{kind}:ref:{reference}"
    return {"gitlab.com:aud": audience, "gitlab.com:sub": subject}


def trusts(trust: list[Statement], token: dict[str, str]) -> bool:
    """As STS decides: the issuer of the token is the provider that the statement names."""
    issuer = next(iter(token)).partition(":")[0]
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"
    named = [item for item in trust if item["Principal"] == {"Federated": provider}]
    statements = [{**item, "Resource": "*"} for item in named]
    return allowed(statements, Request(WEB_IDENTITY, "*", token))


IMMUTABLE = "octo-org@123456/octo-repo@789012"
MAIN, TAG = {"ref": "refs/heads/main"}, {"ref": "refs/tags/v1.2"}
ACCEPTED = {
    "GitHubDiff": [github("pull_request"), github("pull_request", repository=IMMUTABLE)],
    "GitHubDrift": [github("ref:refs/heads/main", **MAIN), github("ref:refs/heads/main", repository=IMMUTABLE)],
    "GitHubDeploy": [
        github("environment:prod", **MAIN),
        github("environment:prod", **TAG),
        github("environment:prod", repository=IMMUTABLE, **TAG),
    ],
    "GitLabDiff": [gitlab("branch", "main"), gitlab("branch", "somebody/fix")],
    "GitLabDrift": [gitlab("branch", "main")],
    "GitLabDeploy": [gitlab("branch", "main"), gitlab("tag", "v1.2")],
}
NEVER = {
    "another repository": github("pull_request", repository="octo-org/other", number="1"),
    "a fork's own workflow": github("pull_request", repository="someone/octo-repo", number="789013"),
    "a name that was given away again": github("environment:prod", number="999999", **MAIN),
    "the immutable subject of another owner": github(
        "environment:prod", repository="octo-org@1/octo-repo@789012", number="999999", **MAIN
    ),
    "another audience": github("environment:prod", aud="https://github.com/octo-org", **MAIN),
    "another audience of a pull request": github("pull_request", aud="https://github.com/octo-org"),
    "another audience of a schedule": github("ref:refs/heads/main", aud="https://github.com/octo-org", **MAIN),
    "a pull request to a name that was given away": github("pull_request", number="999999"),
    "a schedule of a name that was given away": github("ref:refs/heads/main", number="999999", **MAIN),
    "a longer name": github("environment:prod", repository="octo-org/octo-repo-2", **MAIN),
    "a prefix of the owner": github("pull_request", repository="evil/octo-org/octo-repo"),
    "a token without claims": {f"{GITHUB_ISSUER}:aud": AUDIENCE},
    "another project": gitlab("branch", "main", project="group/sub/other"),
    "the same name in another group": gitlab("branch", "main", project="evil/group/sub/name"),
    "a fork's merge request": gitlab("branch", "main", project="someone/name"),
    "GitLab's own audience": gitlab("branch", "main", audience="https://gitlab.com"),
}
NOT_TO_DEPLOY = {
    "another environment": github("environment:dev", **MAIN),
    "no environment": github("ref:refs/heads/main", **MAIN),
    "a pull request": github("pull_request", ref="refs/pull/7/merge"),
    "a branch in the environment": github("environment:prod", ref="refs/heads/feature"),
    "a branch called as a tag": github("environment:prod", ref="refs/heads/v1"),
    "a tag of another pattern": github("environment:prod", ref="refs/tags/test-v1"),
    "an environment whose name goes on": github("environment:prod-eu", **MAIN),
    "a reference that is not told": github("environment:prod"),
    "a branch of GitLab": gitlab("branch", "fix"),
    "a branch of GitLab called as a tag": gitlab("branch", "v1"),
    "a tag of GitLab of another pattern": gitlab("tag", "test-v1"),
    "a branch of GitLab whose name begins so": gitlab("branch", "main-2"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_job_of_the_pipeline_assumes_its_role(roles: dict[str, Role], name: str) -> None:
    assert [token for token in ACCEPTED[name] if not trusts(roles[name].trust, token)] == []


@pytest.mark.parametrize("what", NEVER)
def test_no_role_is_assumed_by(roles: dict[str, Role], what: str) -> None:
    assert [name for name, role in roles.items() if trusts(role.trust, NEVER[what])] == []


@pytest.mark.parametrize("what", NOT_TO_DEPLOY)
def test_nothing_is_deployed_by(roles: dict[str, Role], what: str) -> None:
    assert [name for name in ("GitHubDeploy", "GitLabDeploy") if trusts(roles[name].trust, NOT_TO_DEPLOY[what])] == []


@pytest.mark.parametrize("name", ACCEPTED)
def test_every_condition_refuses_a_token(roles: dict[str, Role], name: str) -> None:
    tokens = [*(token for found in ACCEPTED.values() for token in found), *NEVER.values(), *NOT_TO_DEPLOY.values()]
    verdicts = [trusts(roles[name].trust, token) for token in tokens]

    changed = mutations(roles[name].trust)

    assert [what for what, trust in changed if [trusts(trust, token) for token in tokens] == verdicts] == []


@pytest.mark.parametrize(
    "widened", ["octo-org/*", "*/octo-repo", "octo-org/octo?repo", "octo-org/${aws:username}", "octo-org/octo-repo\n"]
)
def test_a_wildcard_in_a_name_is_refused(widened: str) -> None:
    with pytest.raises(ValueError, match="a claim must have"):
        GitHubRepository(widened, "1", "2").trust("pull_request")
    with pytest.raises(ValueError, match="a claim must have"):
        GitLabProject(widened).any_branch()


@pytest.mark.parametrize("reference", ["*", "refs/*/main", "refs/heads/**", "refs/tags/v?"])
def test_a_wildcard_in_a_reference_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match="a claim must have"):
        REPOSITORY.trust("environment:prod", references=[reference])
