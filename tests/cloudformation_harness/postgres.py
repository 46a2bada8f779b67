"""A fake database behind the RDS Data API, as far as Custom::PgVectorTable uses it; tests/local_aws uses a real one."""

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.cloudformation_harness.refusals import Refusal

Parameters = Mapping[str, Any]
Answer = dict[str, Any]


class Postgres:
    """`tables`: qualified name -> its columns. `comments`: of tables and schemas. `resuming`: calls refused."""

    def __init__(self) -> None:
        self.tables: dict[str, str] = {}
        self.schemas: set[str] = set()
        self.roles: set[str] = set()
        self.indexes: set[str] = set()
        self.comments: dict[str, str] = {}
        self.statements: list[str] = []
        self.version = "0.8.0"
        self.resuming = 0

    def execute_statement(self, request: Parameters) -> Answer:
        if self.resuming:
            self.resuming -= 1
            raise Refusal("DatabaseResumingException", "resuming after being auto-paused")
        sql = request["sql"]
        given = {item["name"]: item["value"]["stringValue"] for item in request["parameters"]}
        self.statements.append(sql)
        rows = self._selected(sql, given) if sql.startswith("SELECT") else self._changed(sql)
        fields = [[{"isNull": True} if value is None else {"stringValue": value} for value in row] for row in rows]
        return {"numberOfRecordsUpdated": 0, "records": fields}

    def begin_transaction(self, request: Parameters) -> Answer:
        return {"transactionId": "t"}

    def commit_transaction(self, request: Parameters) -> Answer:
        return {"transactionStatus": "Transaction Committed"}

    def get_secret_value(self, request: Parameters) -> Answer:
        return {"SecretString": json.dumps({"username": "bedrock_user", "password": "secret"})}

    def _selected(self, sql: str, given: Mapping[str, str]) -> list[list[str | None]]:
        schema, table = given.get("schema", ""), f"{given.get('schema')}.{given.get('name')}"
        if "extversion" in sql:
            return [[self.version]]
        if "pg_roles" in sql:
            return [["1"]] if given["name"] in self.roles else []
        if "format_type" in sql:
            return [[re.search(r"vector\(\d+\)", self.tables[table])[0]]]  # type: ignore[index]
        if "'pg_class'" in sql:
            return [[self.comments.get(table)]] if table in self.tables else []
        if "'pg_namespace'" in sql:
            filled = any(name.startswith(f"{schema}.") for name in self.tables)
            return [[self.comments.get(schema)]] if schema in self.schemas and not filled else []
        if "pg_namespace" in sql:
            return [["1"]] if given["name"] in self.schemas else []
        return [[name] for name in self.indexes] if "pg_indexes" in sql else []

    def _changed(self, sql: str) -> list[list[str | None]]:
        words = sql.split()
        if sql.startswith("CREATE TABLE"):
            self.tables[words[2]] = sql
        elif sql.startswith("CREATE SCHEMA"):
            self.schemas.add(words[2])
        elif sql.startswith("CREATE ROLE"):
            self.roles.add(words[2])
        elif sql.startswith("CREATE INDEX"):
            self.indexes.add(words[5])
        elif sql.startswith("COMMENT ON"):
            self.comments[words[3]] = sql.partition(" IS ")[2].strip("'")
        elif sql.startswith("DROP"):
            self._dropped(words)
        return []

    def _dropped(self, words: list[str]) -> None:
        if words[1] == "TABLE":
            self.tables.pop(words[4], None)
        elif words[1] == "SCHEMA":
            self.schemas.remove(words[2])
        else:
            self.roles.discard(words[4])
