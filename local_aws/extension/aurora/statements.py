"""Runs one SQL statement on a connection, and describes its result as the Data API does."""

import json
from typing import Any

from local_aws.extension.aurora import sql_values
from local_aws.extension.aurora.data_api_error import DataApiError, of_postgres

# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.troubleshooting.html
RESULT_BYTES, ROW_BYTES = 1024 * 1024, 64 * 1024
STATEMENT_SECONDS = 45


def prepare(connection: Any) -> Any:
    """The connection as the Data API uses it: a time limit, strings as character varying, JSON as text."""
    from psycopg.types.json import set_json_loads
    from psycopg.types.string import StrDumperVarchar

    set_json_loads(bytes.decode, connection)
    connection.adapters.register_dumper(str, StrDumperVarchar)
    connection.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'")
    return connection


def run(connection: Any, sql: str, parameters: list[dict[str, Any]]) -> Any:
    """The psycopg cursor after the statement. Raises DataApiError."""
    import psycopg

    statement, values = sql_values.numbered(sql, parameters)
    try:
        # Prepared, so that PostgreSQL takes one statement only.
        return psycopg.RawCursor(connection).execute(statement, values, prepare=True)
    except psycopg.Error as error:
        raise of_postgres(error) from None


def described(cursor: Any, request: dict[str, Any]) -> dict[str, Any]:
    """ExecuteStatement's answer. Raises DataApiError."""
    columns = cursor.description or []
    rows = cursor.fetchall() if columns else []
    command = (cursor.statusmessage or "").split(" ")[0]
    answer: dict[str, Any] = {
        "numberOfRecordsUpdated": max(cursor.rowcount, 0) if command in ("INSERT", "UPDATE", "DELETE", "MERGE") else 0,
        "generatedFields": [],
    }
    options = request.get("resultSetOptions") or {}
    records = [
        [
            sql_values.field(
                column.type_code,
                value,
                decimal_as_number=options.get("decimalReturnType") == "DOUBLE_OR_LONG",
                long_as_string=options.get("longReturnType") == "STRING",
            )
            for column, value in zip(columns, row, strict=True)
        ]
        for row in rows
    ]
    _check_size(records)
    if request.get("formatRecordsAs") == "JSON":
        named = [dict(zip((c.name for c in columns), (_plain(v) for v in row), strict=True)) for row in records]
        return {**answer, "formattedRecords": json.dumps(named)}
    if columns:
        answer["records"] = records
        if request.get("includeResultMetadata"):
            answer["columnMetadata"] = [_metadata(column, cursor) for column in columns]
    return answer


def _check_size(records: list[list[dict[str, Any]]]) -> None:
    sizes = [len(json.dumps(row).encode()) for row in records]
    if any(size > ROW_BYTES for size in sizes):
        raise DataApiError("DatabaseErrorException", "Packet for query is too large")
    if sum(sizes) > RESULT_BYTES:
        raise DataApiError("DatabaseErrorException", "Database response exceeded size limit")


def _plain(field: dict[str, Any]) -> Any:
    kind, value = next(iter(field.items()))
    return None if kind == "isNull" else next(iter(value.values())) if kind == "arrayValue" else value


def _metadata(column: Any, cursor: Any) -> dict[str, Any]:
    known = cursor.connection.adapters.types.get(column.type_code)
    return {
        "arrayBaseColumnType": 0,
        "isAutoIncrement": False,
        "isCaseSensitive": column.type_code in sql_values.STRINGS,
        "isCurrency": False,
        "isSigned": column.type_code in (*sql_values.LONGS, *sql_values.DOUBLES, sql_values.DECIMAL),
        "label": column.name,
        "name": column.name,
        "nullable": 1,
        "precision": column.precision or 0,
        "scale": column.scale or 0,
        "schemaName": "",
        "tableName": "",
        "type": 12,
        "typeName": known.name if known else "",
    }
