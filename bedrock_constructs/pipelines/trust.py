"""Which jobs of a CI system may assume a role, as conditions on the claims of their OIDC token. Pure.

GitHub: https://docs.github.com/en/actions/reference/security/oidc, with the immutable subjects of 2026-04-23. The keys
for repository_id and ref are AWS's since 2026-01 (aws.amazon.com/about-aws/whats-new/2026/01/
aws-sts-supports-validation-identity-provider-claims). GitLab: https://docs.gitlab.com/ci/secrets/id_token_authentication
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

AUDIENCE = "sts.amazonaws.com"
GITHUB_ISSUER = "token.actions.githubusercontent.com"
EXACT = re.compile(r"[A-Za-z0-9_./@:-]+")
PATTERN = re.compile(r"[A-Za-z0-9_./@:-]+\*?")


@dataclass(frozen=True)
class Trust:
    """`conditions` of sts:AssumeRoleWithWebIdentity for tokens of `issuer`, a host without https://."""

    issuer: str
    conditions: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class GitHubRepository:
    """`name` is OWNER/NAME; the ids are the numbers of the repository and of its owner."""

    name: str
    repository_id: str
    owner_id: str

    def trust(self, *contexts: str, references: Sequence[str] = ()) -> Trust:
        """`contexts`: ends of the subject, such as pull_request or environment:prod. `references` such as
        refs/heads/main; the last character may be *. Raises ValueError for any other wildcard."""
        owner, _, repository = self.name.partition("/")
        immutable = f"{owner}@{self.owner_id}/{repository}@{self.repository_id}"
        subjects = [f"repo:{name}:{context}" for context in contexts for name in (self.name, immutable)]
        equal = {"aud": AUDIENCE, "sub": _exact(subjects), "repository_id": _exact([self.repository_id])[0]}
        conditions: dict[str, Mapping[str, Any]] = {"StringEquals": _keys(GITHUB_ISSUER, equal)}
        if references:
            conditions["StringLike"] = _keys(GITHUB_ISSUER, {"ref": _patterns(references)})
        return Trust(GITHUB_ISSUER, conditions)


@dataclass(frozen=True)
class GitLabProject:
    """`path` has the groups; `host` is that of the instance."""

    path: str
    host: str = "gitlab.com"

    def trust(self, *, branches: Sequence[str] = (), tags: Sequence[str] = ()) -> Trust:
        """The last character of a tag may be *. Raises ValueError for any other wildcard."""
        of_branches = _exact([self._subject("branch", branch) for branch in branches])
        return self._trust([*of_branches, *_patterns([self._subject("tag", tag) for tag in tags])])

    def any_branch(self) -> Trust:
        """Of this project, not of its forks: where its merge requests come from."""
        return self._trust([*_exact([self._subject("branch", "x")[:-1]])], suffix="*")

    def _subject(self, kind: str, reference: str) -> str:
        return f"project_path:{self.path}:ref_type:{kind}:ref:{reference}"

    def _trust(self, subjects: Sequence[str], suffix: str = "") -> Trust:
        equal = _keys(self.host, {"aud": AUDIENCE})
        like = _keys(self.host, {"sub": [f"{subject}{suffix}" for subject in subjects]})
        return Trust(self.host, {"StringEquals": equal, "StringLike": like})


def _keys(issuer: str, claims: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{issuer}:{claim}": value for claim, value in claims.items()}


def _exact(values: Sequence[str]) -> list[str]:
    return _checked(values, EXACT)


def _patterns(values: Sequence[str]) -> list[str]:
    return _checked(values, PATTERN)


def _checked(values: Sequence[str], form: re.Pattern[str]) -> list[str]:
    for value in values:
        if not form.fullmatch(value):
            wildcard = " and * at its end" if form is PATTERN else "; IAM reads * and ? as wildcards"
            raise ValueError(f"a claim must have letters, digits and _ . / @ : -{wildcard}, got {value!r}; change it")
    return list(values)
