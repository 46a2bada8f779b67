"""What Bedrock looks for at the creation of a knowledge base: columns, their types, indexes and rights.

https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-setup.html (required columns and indexes)
The message about an index: https://github.com/aws-samples/ai-chat-accelerator/pull/17,
https://github.com/awslabs/generative-ai-cdk-constructs/issues/1070
"""

from local_aws.extension.bedrock.responses import BedrockError
from local_aws.extension.knowledge_bases.stores.aurora_postgresql.connection import Connection, quoted

INVALID = "The knowledge base storage configuration provided is invalid..."
TYPES = {
    "primaryKeyField": ("uuid",),
    "textField": ("text", "character varying"),
    "metadataField": ("json", "jsonb", "text"),
    "customMetadataField": ("jsonb",),
}
INDEXES = {
    "vectorField": ("USING hnsw", "<table_name> USING hnsw (<vector_field> vector_cosine_ops)"),
    "textField": ("USING gin (to_tsvector(", "<table_name> USING gin (to_tsvector('simple', <text_field>))"),
    "customMetadataField": ("USING gin", "<table_name> USING gin (<custom_metadata_field>)"),
}
COLUMNS = (
    "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a "
    "WHERE a.attrelid = CAST(CAST(:table AS text) AS regclass) AND a.attnum > 0"
)
DEFINITIONS = (
    "SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i "
    "WHERE i.indrelid = CAST(CAST(:table AS text) AS regclass) AND i.indisvalid"
)


def check(connection: Connection, dimensions: int | None) -> None:
    """Raise BedrockError if the table is not as Bedrock needs it. `dimensions`: of the embedding model, if known."""
    connection.check_role()
    # Its user's rights: a column that it cannot read is an error of PostgreSQL.
    fields = connection.configuration["fieldMapping"]
    connection.run(f"SELECT {', '.join(f'1 AS {quoted(name)}' for name in fields)} FROM {connection.table} LIMIT 1")
    types = {str(name): str(kind) for name, kind in connection.run(COLUMNS, table=connection.table)}
    for field, name in fields.items():
        _check_column(field, name, types, dimensions)
    for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
        allowed = connection.run(f"SELECT has_table_privilege('{connection.table}', '{right}')")
        if not allowed[0][0]:
            raise _invalid(f"ERROR: permission denied for table {connection.configuration['tableName']}: {right}")
    definitions = [str(row[0]) for row in connection.run(DEFINITIONS, table=connection.table)]
    for field, (method, command) in INDEXES.items():
        column = fields.get(field)
        if column and not any(method in one and column in one for one in definitions):
            raise _invalid(
                f"{column} column must be indexed. The SQL command to index the column is: CREATE INDEX ON {command};"
            )


def _check_column(field: str, name: str, types: dict[str, str], dimensions: int | None) -> None:
    if name not in types:
        raise _invalid(f'ERROR: column "{name}" does not exist; SQLState: 42703')
    kind = types[name].rpartition(".")[2]
    if field == "vectorField":
        wanted = f"vector({dimensions})"
        if not kind.startswith("vector") or (dimensions and kind not in ("vector", wanted)):
            raise _invalid(f"column {name} must be of type {wanted}, got {kind}")
    elif not kind.startswith(TYPES[field]):
        raise _invalid(f"column {name} must be of type {TYPES[field][0]}, got {kind}")


def _invalid(reason: str) -> BedrockError:
    return BedrockError("ValidationException", f"{INVALID} {reason}")
