"""The table of a knowledge base: what it has, what makes it, and what removes it. All names are checked.

https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-setup.html (columns and indexes)
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.VectorDB.html
"""

import re
from dataclasses import dataclass

from custom_resources.pg_vector_table.database import Database
from kit_contract.errors import ResourceFailedError

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
# pgvector's first release with HNSW, and the first whose filtered searches go on until they have enough.
HNSW, ITERATIVE = (0, 5, 0), (0, 8, 0)
COLUMNS = "id uuid PRIMARY KEY, embedding vector({}), chunks text, metadata json, custom_metadata jsonb"
INDEXES = {
    "embedding": "hnsw (embedding vector_cosine_ops) WITH (ef_construction = 256)",
    "chunks": "gin (to_tsvector('simple', chunks))",
    "custom_metadata": "gin (custom_metadata)",
}


@dataclass(frozen=True)
class Table:
    """`owner`: the comment that marks what the kit made."""

    database: Database
    schema: str
    name: str
    owner: str

    @classmethod
    def of(cls, database: Database, qualified: str, owner: str) -> "Table":
        """From `schema.table`. Raises ResourceFailedError."""
        schema, _, name = checked(qualified).partition(".")
        return cls(database, schema, name, owner)

    @property
    def qualified(self) -> str:
        return f"{self.schema}.{self.name}"

    def exists(self) -> bool:
        return self._comment() is not False

    def is_ours(self) -> bool:
        return self._comment() == self.owner

    def missing_indexes(self) -> list[str]:
        rows = self.database.run("SELECT indexname FROM pg_indexes WHERE schemaname = :schema", schema=self.schema)
        present = {row[0] for row in rows}
        return [column for column in INDEXES if self._index(column) not in present]

    def make_extension(self) -> tuple[int, ...]:
        """The version of pgvector. Raises ResourceFailedError."""
        self.database.run("CREATE EXTENSION IF NOT EXISTS vector")
        text = self.database.run("SELECT extversion FROM pg_extension WHERE extname = 'vector'")[0][0]
        version = tuple(int(part) for part in text.split("."))
        if version < HNSW:
            raise ResourceFailedError(f"pgvector must be 0.5.0 or later for HNSW indexes, got {text}; upgrade Aurora")
        return version

    def make_role(self, user: str, password: str, version: tuple[int, ...]) -> None:
        """`user` may log in; `password` is a verifier. Its searches with filters go on until they have enough."""
        _require_user(user)
        exists = self.database.run("SELECT 1 FROM pg_roles WHERE rolname = :name", name=user)
        self.database.run(f"{'ALTER' if exists else 'CREATE'} ROLE {user} WITH LOGIN PASSWORD '{password}'")
        if version >= ITERATIVE:
            # The first statement loads pgvector: without it only a superuser may set its parameters.
            setting = f"ALTER ROLE {user} SET hnsw.iterative_scan = 'relaxed_order'"
            self.database.together("SELECT CAST(CAST('[1]' AS vector) AS text)", setting)

    def make(self, user: str, dimensions: int) -> None:
        """The table with what `user` needs in it. Raises ResourceFailedError if another one has its name."""
        if not self.database.run("SELECT 1 FROM pg_namespace WHERE nspname = :name", name=self.schema):
            comment = f"COMMENT ON SCHEMA {self.schema} IS '{self.owner}'"
            self.database.together(f"CREATE SCHEMA {self.schema}", comment)
        if not self.exists():
            columns, comment = COLUMNS.format(dimensions), f"COMMENT ON TABLE {self.qualified} IS '{self.owner}'"
            self.database.together(f"CREATE TABLE {self.qualified} ({columns})", comment)
        elif not self.is_ours():
            raise ResourceFailedError(f"table {self.qualified} is not this stack's; rename it or the knowledge base")
        self._require_dimensions(dimensions)
        self.database.run(f"GRANT USAGE ON SCHEMA {self.schema} TO {user}")
        self.database.run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {self.qualified} TO {user}")

    def make_index(self, column: str) -> None:
        """PostgreSQL goes on with it after the Data API's 45 seconds, which raise StatementTimeoutException."""
        name, definition = self._index(column), INDEXES[column]
        self.database.run(f"CREATE INDEX IF NOT EXISTS {name} ON {self.qualified} USING {definition}", goes_on=True)

    def drop(self, user: str | None) -> None:
        """The table, and with the last one the schema and the user, if the kit made them."""
        if self.is_ours():
            self.database.run(f"DROP TABLE IF EXISTS {self.qualified}")
        if self._rest_is_ours():
            self.database.run(f"DROP SCHEMA {self.schema}")
            if user:
                _require_user(user)
                self.database.run(f"DROP ROLE IF EXISTS {user}")

    def _comment(self) -> str | bool | None:
        """False if there is no table."""
        rows = self.database.run(
            "SELECT obj_description(c.oid, 'pg_class') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = :schema AND c.relname = :name",
            schema=self.schema,
            name=self.name,
        )
        return rows[0][0] if rows else False

    def _rest_is_ours(self) -> bool:
        rows = self.database.run(
            "SELECT obj_description(n.oid, 'pg_namespace') FROM pg_namespace n WHERE n.nspname = :schema "
            "AND NOT EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = n.oid)",
            schema=self.schema,
        )
        return bool(rows) and rows[0][0] == self.owner

    def _require_dimensions(self, dimensions: int) -> None:
        rows = self.database.run(
            "SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = :schema AND c.relname = :name AND a.attname = 'embedding'",
            schema=self.schema,
            name=self.name,
        )
        found = str(rows[0][0]).rpartition(".")[2] if rows else "nothing"
        if found != f"vector({dimensions})":
            raise ResourceFailedError(
                f"column embedding of {self.qualified} must be vector({dimensions}), got {found}; drop the table"
            )

    def _index(self, column: str) -> str:
        return f"{self.name}_{column}"


def checked(qualified: str) -> str:
    """`qualified`, if it is schema.table. Raises ResourceFailedError."""
    schema, _, name = qualified.partition(".")
    if not (NAME.fullmatch(schema) and NAME.fullmatch(name) and len(qualified) <= 63):
        raise ResourceFailedError(
            f"property Table must be schema.table in lower case letters, digits and _, got {qualified!r}"
        )
    return qualified


def _require_user(name: str) -> None:
    if not NAME.fullmatch(name):
        raise ResourceFailedError(f"username must be lower case letters, digits and _, got {name!r}")
