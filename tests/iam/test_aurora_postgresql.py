"""A knowledge base in Aurora PostgreSQL: Bedrock and the custom resource get what their calls need and nothing else.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html (Amazon Aurora)
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.access.html (its caller reads the secret)
"""

import pytest

from tests.iam.cases import REGION, arn, on
from tests.iam.mutations import mutations
from tests.iam.roles import Role, roles_of
from tests.iam.simulator import Request, Statement, allowed
from tests.synthesized import synthesized

NAME = "aurora-knowledge-base-knowledgebaselibraryaurorapostgresqlcluster"
CLUSTER, OTHER = arn("rds", f"cluster:{NAME}"), arn("rds", "cluster:other")
ADMIN = arn("secretsmanager", f"secret:rds!{NAME}")
USERS = arn("secretsmanager", "secret:aurora-knowledge-base-KnowledgeBaseLibraryAuroraPostgresqlTableCredentials")
OTHER_SECRET = arn("secretsmanager", "secret:other")
READ = "secretsmanager:GetSecretValue"
ALLOWED = {
    "KnowledgeBaseLibraryRole": [
        *on(CLUSTER, "rds:DescribeDBClusters", "rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement"),
        *on(USERS, READ),
    ],
    "CustomResourceProviderFunctionRole": [
        *on(CLUSTER, "rds-data:ExecuteStatement", "rds-data:BeginTransaction", "rds-data:CommitTransaction"),
        *on(ADMIN, READ),
        *on(USERS, READ),
    ],
}
DENIED = {
    "KnowledgeBaseLibraryRole": [
        *on(OTHER, "rds:DescribeDBClusters", "rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement"),
        *on(ADMIN, READ),
        *on(CLUSTER, "rds:DeleteDBCluster", "rds:ModifyDBCluster"),
    ],
    "CustomResourceProviderFunctionRole": [
        *on(OTHER, "rds-data:ExecuteStatement", "rds-data:BeginTransaction", "rds-data:CommitTransaction"),
        *on(OTHER_SECRET, READ),
        *on(CLUSTER, "rds:DeleteDBCluster", "rds:ModifyDBCluster"),
    ],
}
SERVICES = ("rds:", "rds-data:", "secretsmanager:")


@pytest.fixture(scope="module")
def roles() -> dict[str, Role]:
    templates = synthesized("tests/stacks/aurora_postgresql.toml")
    return {name.partition("/")[2]: role for name, role in roles_of(templates, region=REGION).items()}


def verdicts(statements: list[Statement], name: str) -> list[bool]:
    requests: list[Request] = [*ALLOWED[name], *DENIED[name]]
    return [allowed(statements, request) for request in requests]


@pytest.mark.parametrize("name", ALLOWED)
def test_a_role_may_use_its_cluster_and_its_secrets_only(roles: dict[str, Role], name: str) -> None:
    statements = roles[name].statements

    assert [request for request in ALLOWED[name] if not allowed(statements, request)] == []
    assert [request for request in DENIED[name] if allowed(statements, request)] == []


@pytest.mark.parametrize("name", ALLOWED)
def test_everything_that_a_role_may_do_with_databases_is_needed(roles: dict[str, Role], name: str) -> None:
    about = [item for item in roles[name].statements if str(item["Action"]).lstrip("['").startswith(SERVICES)]
    before = verdicts(about, name)

    assert [what for what, changed in mutations(about) if verdicts(changed, name) == before] == []
