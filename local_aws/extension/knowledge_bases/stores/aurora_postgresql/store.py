"""Rows for the passages of documents, and searches among them: put, delete, query.

Bedrock's own SQL is not published. The source and the data source of a passage are in the column that it manages.
"""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from local_aws.extension.knowledge_bases.stores.aurora_postgresql import filters, table_check
from local_aws.extension.knowledge_bases.stores.aurora_postgresql.connection import Connection

SOURCE, DATA_SOURCE = "x-amz-bedrock-kb-source-uri", "x-amz-bedrock-kb-data-source-id"
# How much a hybrid search counts meaning and words. Bedrock's own weights are not published.
MEANING, WORDS = 0.6, 0.4


@dataclass(frozen=True)
class Passage:
    """`metadata`: of its file. `managed`: what Bedrock keeps with it."""

    text: str
    vector: list[float]
    metadata: dict[str, Any]
    managed: dict[str, Any]


@dataclass(frozen=True)
class Found:
    """`score` from 0 to 1."""

    text: str
    score: float
    metadata: dict[str, Any]
    managed: dict[str, Any]


class AuroraPostgresqlStore:
    hybrid = True

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def check(self, dimensions: int | None) -> None:
        """Raise BedrockError if a knowledge base cannot be created with it."""
        table_check.check(self._connection, dimensions)

    def put(self, data_source: str, uri: str, passages: list[Passage]) -> None:
        """In place of the document's earlier passages. Raises BedrockError."""
        connection = self._connection
        connection.check_role()
        self.delete(data_source, uri)
        fields = ("primaryKeyField", "vectorField", "textField", "metadataField", "customMetadataField")
        columns = [column for field in fields if (column := connection.column(field))]
        values = ["CAST(:id AS uuid)", "CAST(:vector AS vector)", ":text", "CAST(:managed AS json)"]
        values += ["CAST(:custom AS jsonb)"] if connection.column("customMetadataField") else []
        sql = f"INSERT INTO {connection.table} ({', '.join(columns)}) VALUES ({', '.join(values)})"
        for passage in passages:
            connection.run(
                sql,
                id=str(uuid.uuid4()),
                vector=json.dumps(passage.vector),
                text=passage.text,
                managed=json.dumps({**passage.managed, SOURCE: uri, DATA_SOURCE: data_source}),
                custom=json.dumps(passage.metadata),
            )

    def delete(self, data_source: str, uri: str | None = None) -> None:
        """The passages of the document, or of all documents of the data source. Raises BedrockError."""
        managed = f"CAST({self._connection.column('metadataField')} AS jsonb)"
        sql = f"DELETE FROM {self._connection.table} WHERE {managed} ->> '{DATA_SOURCE}' = :source"
        if uri is None:
            self._connection.run(sql, source=data_source)
        else:
            self._connection.run(f"{sql} AND {managed} ->> '{SOURCE}' = :uri", source=data_source, uri=uri)

    def query(
        self, vector: list[float], text: str, condition: dict[str, Any] | None, count: int, mode: str
    ) -> list[Found]:
        """The best passages first. `mode`: SEMANTIC or HYBRID. Raises BedrockError."""
        connection = self._connection
        connection.check_role()
        content, managed = connection.column("textField"), connection.column("metadataField")
        custom = connection.column("customMetadataField") or "CAST('{}' AS jsonb)"
        filtered = f"(CAST({managed} AS jsonb) || {custom})"
        where, values = filters.condition(condition, filtered) if condition else ("", {})
        distance = f"({connection.column('vectorField')} <=> CAST(:vector AS vector))"
        meaning = f"1 - {distance} / 2"
        score, order = meaning, distance  # the index knows an order by distance only
        if mode == "HYBRID":
            # Any of the words: all of a question's are in no passage.
            words = "CAST(replace(CAST(plainto_tsquery('simple', :text) AS text), '&', '|') AS tsquery)"
            rank = f"ts_rank(to_tsvector('simple', {content}), {words}, 32)"
            score, order = f"{MEANING} * ({meaning}) + {WORDS} * {rank}", "score DESC"
            values["text"] = text
        rows = connection.run(
            f"SELECT {content}, {score} AS score, CAST({managed} AS text), CAST({custom} AS text) "
            f"FROM {connection.table} {f'WHERE {where}' if where else ''} ORDER BY {order} LIMIT {count}",
            vector=json.dumps(vector),
            **values,
        )
        return [
            Found(text, round(float(score), 4), json.loads(custom), json.loads(managed))
            for text, score, managed, custom in rows
        ]
