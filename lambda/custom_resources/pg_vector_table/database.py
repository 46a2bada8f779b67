"""SQL over the RDS Data API, as the user whose secret is given."""

from collections.abc import Mapping
from typing import Any

# boto3's client of the Data API, narrowed to the methods in use: the kit does not install its type stubs.
DataApi = Any
Rows = list[list[Any]]


class Database:
    def __init__(self, client: DataApi, *, cluster_arn: str, secret_arn: str, database: str) -> None:
        self._client = client
        self._place = {"resourceArn": cluster_arn, "secretArn": secret_arn, "database": database}

    def run(self, sql: str, *, transaction: str | None = None, goes_on: bool = False, **texts: str) -> Rows:
        """The rows of one statement. `goes_on`: PostgreSQL finishes it although the Data API stops waiting.

        `texts` are the values of its parameters. Raises ClientError.
        """
        more: Mapping[str, Any] = {"transactionId": transaction} if transaction else {}
        answer = self._client.execute_statement(
            **self._place,
            sql=sql,
            parameters=[{"name": name, "value": {"stringValue": value}} for name, value in texts.items()],
            continueAfterTimeout=goes_on,
            **more,
        )
        return [[_value(field) for field in row] for row in answer.get("records", [])]

    def together(self, *statements: str) -> None:
        """All of the statements or none. Raises ClientError."""
        transaction = self._client.begin_transaction(**self._place)["transactionId"]
        place = {name: self._place[name] for name in ("resourceArn", "secretArn")}
        for sql in statements:
            self.run(sql, transaction=transaction)  # after an error the Data API has rolled back
        self._client.commit_transaction(**place, transactionId=transaction)


def _value(field: Mapping[str, Any]) -> Any:
    kind, value = next(iter(field.items()))
    return None if kind == "isNull" else value
