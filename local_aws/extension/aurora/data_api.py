"""The RDS Data API on real PostgreSQL servers: statements, batches and transactions with a user's own rights.

https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/Welcome.html
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.troubleshooting.html (messages)
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from ministack.services import rds_data

from local_aws.extension.aurora import clusters, statements, transactions
from local_aws.extension.aurora.data_api_error import DataApiError, of_postgres
from local_aws.extension.bedrock.responses import BedrockError, Response, answer, refusal

Request = dict[str, Any]


def install() -> None:
    rds_data.handle_request = _handle  # ministack calls it for the paths of this API


async def _handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
    # In a thread: a statement takes its time, and the first one starts a server.
    return await asyncio.to_thread(respond, path, body)


def respond(path: str, body: bytes) -> Response:
    try:
        if path not in OPERATIONS:
            raise DataApiError("BadRequestException", f"The embedded AWS has no {path.lstrip('/')} of the Data API")
        return answer(OPERATIONS[path](json.loads(body or b"{}")))
    except DataApiError as error:
        return refusal(BedrockError(error.code, str(error)), error.status)


def execute(request: Request) -> Request:
    """ExecuteStatement. Raises DataApiError."""
    _require(request, "resourceArn", "secretArn", "sql")
    sql, parameters = request["sql"], request.get("parameters") or []
    with transactions.connection(request, lambda: connect(request)) as connection:
        return statements.described(statements.run(connection, sql, parameters), request)


def _batch_execute(request: Request) -> Request:
    _require(request, "resourceArn", "secretArn", "sql")
    sets = request.get("parameterSets") or [[]]
    with transactions.connection(request, lambda: connect(request)) as connection, connection.transaction():
        for parameters in sets:
            statements.run(connection, request["sql"], parameters)
    return {"updateResults": [{"generatedFields": []} for _ in sets]}


def _begin(request: Request) -> Request:
    _require(request, "resourceArn", "secretArn")
    return {"transactionId": transactions.begin(request["resourceArn"], connect(request))}


def _commit(request: Request) -> Request:
    _require(request, "resourceArn", "secretArn", "transactionId")
    transactions.end(request["transactionId"], "COMMIT")
    return {"transactionStatus": "Transaction Committed"}


def _rollback(request: Request) -> Request:
    _require(request, "resourceArn", "secretArn", "transactionId")
    transactions.end(request["transactionId"], "ROLLBACK")
    return {"transactionStatus": "Rollback Complete"}


OPERATIONS: dict[str, Callable[[Request], Request]] = {
    "/Execute": execute,
    "/BatchExecute": _batch_execute,
    "/BeginTransaction": _begin,
    "/CommitTransaction": _commit,
    "/RollbackTransaction": _rollback,
}


def connect(request: Request) -> Any:
    """A connection with the user and password of the secret. Raises DataApiError."""
    import psycopg

    arn = request["resourceArn"]
    cluster = clusters.find(arn)
    if cluster is None or not cluster.get("HttpEndpointEnabled"):
        raise DataApiError("HttpEndpointNotEnabledException", f"HttpEndpoint is not enabled for cluster {arn}")
    user, password = _credentials(request["secretArn"])
    database = request.get("database") or cluster.get("DatabaseName") or "postgres"
    try:
        made = clusters.awake(cluster).connect(user=user, password=password, database=database)
        return statements.prepare(made)
    except psycopg.Error as error:
        raise of_postgres(error) from None


def _credentials(secret: str) -> tuple[str, str]:
    user, password, refused = rds_data._require_secret_credentials(secret)
    if refused:
        told = json.loads(refused[2])
        raise DataApiError(told["__type"].rpartition("#")[2], told.get("message") or told.get("Message"))
    if not user:
        raise DataApiError("InvalidSecretException", f"Secret does not contain a username for ARN: {secret}")
    return user, password


def _require(request: Request, *names: str) -> None:
    for name in names:
        if not request.get(name):
            raise DataApiError("BadRequestException", f"{name} is required")
    if "schema" in request:
        raise DataApiError("BadRequestException", "Schema parameter is not supported")
