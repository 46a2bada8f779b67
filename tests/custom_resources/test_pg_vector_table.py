"""The table of a knowledge base in Aurora PostgreSQL: made once, never another's, dropped only if data may go."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from custom_resources.pg_vector_table.scram import verifier
from tests.cloudformation_harness.cloudformation import Stack, Template
from tests.cloudformation_harness.world import World

FIXTURE = Path(__file__).with_name("fixtures") / "v1" / "PgVectorTable.json"
SCHEMA, TABLE = "bedrock_integration", "bedrock_integration.passages_0a1b2c3d"
OTHER = "bedrock_integration.passages_ffffffff"


def template(**properties: Any) -> Template:
    given = json.loads(FIXTURE.read_text(encoding="utf-8"))
    return {"Thing": ("Custom::PgVectorTable", {**given, **properties})}


def test_a_table_with_its_indexes_and_its_user_is_made(world: World, stack: Stack) -> None:
    assert stack.create(template()) == "CREATE_COMPLETE"

    postgres = world.postgres
    assert postgres.tables.keys() == {TABLE}
    assert postgres.indexes == {f"passages_0a1b2c3d_{column}" for column in ("embedding", "chunks", "custom_metadata")}
    assert postgres.roles == {"bedrock_user"}
    assert f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO bedrock_user" in postgres.statements
    assert "ALTER ROLE bedrock_user SET hnsw.iterative_scan = 'relaxed_order'" in postgres.statements
    assert not [sql for sql in postgres.statements if "'secret'" in sql]  # statements are logged


def test_an_update_makes_again_what_was_dropped_by_hand(world: World, stack: Stack) -> None:
    stack.create(template())
    world.postgres.tables.clear()
    world.postgres.indexes.clear()

    assert stack.update(template(Note="again")) == "UPDATE_COMPLETE"

    assert world.postgres.tables.keys() == {TABLE}
    assert len(world.postgres.indexes) == 3


def test_other_dimensions_have_a_table_beside_the_old_one_which_goes_last(world: World, stack: Stack) -> None:
    stack.create(template())

    assert stack.update(template(Table=OTHER, Dimensions="512")) == "UPDATE_COMPLETE"

    assert world.postgres.tables.keys() == {OTHER}
    assert world.postgres.schemas == {SCHEMA}
    assert world.postgres.roles == {"bedrock_user"}  # the new table's, too
    made = next(index for index, sql in enumerate(world.postgres.statements) if f"CREATE TABLE {OTHER}" in sql)
    dropped = world.postgres.statements.index(f"DROP TABLE IF EXISTS {TABLE}")
    assert made < dropped


@pytest.mark.parametrize("keeps", [True, False])
def test_a_deletion_drops_what_it_made_only_if_data_may_go(world: World, stack: Stack, keeps: bool) -> None:
    stack.create(template(DeleteData=str(not keeps).lower()))
    before = len(world.postgres.statements)

    assert stack.delete() == "DELETE_COMPLETE"

    left = (set(world.postgres.tables), world.postgres.schemas, world.postgres.roles)
    assert left == (({TABLE}, {SCHEMA}, {"bedrock_user"}) if keeps else (set(), set(), set()))
    assert (len(world.postgres.statements) == before) is keeps  # a paused cluster stays paused


@pytest.mark.parametrize("kind", ["table", "schema"])
def test_what_another_made_is_left_alone(world: World, stack: Stack, kind: str) -> None:
    world.postgres.schemas.add(SCHEMA)
    if kind == "table":
        world.postgres.tables[TABLE] = "CREATE TABLE with vector(1024)"
        assert stack.create(template()) == "ROLLBACK_COMPLETE"
        assert f"table {TABLE} is not this stack's" in (stack.requests[0].reason or "")
        assert world.postgres.tables.keys() == {TABLE}
    else:
        stack.create(template())
        stack.delete()
        assert world.postgres.tables == {}
    assert world.postgres.schemas == {SCHEMA}


def test_a_paused_cluster_is_waited_for(world: World, stack: Stack) -> None:
    world.postgres.resuming = 3

    assert stack.create(template()) == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"Table": "bedrock_integration.a; DROP TABLE b"}, "property Table must be schema.table"),
        ({"Dimensions": "many"}, "property Dimensions must be a whole number"),
    ],
)
def test_names_and_numbers_reach_no_statement_unchecked(
    world: World, stack: Stack, properties: dict[str, str], reason: str
) -> None:
    assert stack.create(template(**properties)) == "ROLLBACK_COMPLETE"

    assert reason in (stack.requests[0].reason or "")
    assert world.postgres.tables == {}


def test_an_old_pgvector_is_refused(world: World, stack: Stack) -> None:
    world.postgres.version = "0.4.1"

    assert stack.create(template()) == "ROLLBACK_COMPLETE"

    assert "pgvector must be 0.5.0 or later" in (stack.requests[0].reason or "")


def test_a_verifier_proves_the_password() -> None:
    """As PostgreSQL checks it: RFC 5803."""
    _, iterations, keys = verifier("pencil", bytes(16)).split("$")
    stored, server = (base64.b64decode(key) for key in keys.split(":"))
    salted = hashlib.pbkdf2_hmac("sha256", b"pencil", bytes(16), int(iterations.split(":")[0]))

    assert stored == hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    assert server == hmac.digest(salted, b"Server Key", "sha256")
