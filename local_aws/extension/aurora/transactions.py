"""The Data API's transactions: a connection each, gone after three minutes without a call, or after an error."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from local_aws.extension.aurora.data_api_error import DataApiError, of_postgres

IDLE_SECONDS = 180.0
EXPIRED = "Transaction may be expired."
ENDED = "One previous call resulted in a termination of your transaction."
ABORTED = "Transaction has been aborted due to an error from a previous call."


@dataclass
class _Transaction:
    cluster: str
    connection: Any
    used: float = field(default_factory=time.monotonic)
    busy: threading.Lock = field(default_factory=threading.Lock)


_open: dict[str, _Transaction] = {}
_closed: dict[str, str] = {}


def begin(cluster: str, connection: Any) -> str:
    """The id of a new transaction of `connection`."""
    connection.execute("BEGIN")
    identifier = str(uuid.uuid4())
    _open[identifier] = _Transaction(cluster, connection)
    return identifier


def end(identifier: str, command: str) -> None:
    """Commit or roll back. Raises DataApiError."""
    import psycopg

    transaction = _find(identifier)
    try:
        transaction.connection.execute(command)
    except psycopg.Error as error:
        _close(identifier, ABORTED)
        raise of_postgres(error) from None
    _close(identifier, ENDED)


@contextmanager
def connection(request: dict[str, Any], connect: Callable[[], Any]) -> Iterator[Any]:
    """The connection of the request's transaction, or one of its own that is closed at the end. Raises DataApiError."""
    identifier = request.get("transactionId")
    if identifier is None:
        own = connect()
        try:
            yield own
        finally:
            own.close()
        return
    transaction = _find(identifier)
    if transaction.cluster != request["resourceArn"]:
        raise _not_found(identifier, EXPIRED)
    if not transaction.busy.acquire(blocking=False):
        raise DataApiError("DatabaseErrorException", "Transaction is still running a query")
    try:
        yield transaction.connection
    except DataApiError:
        _close(identifier, ABORTED)
        raise
    finally:
        transaction.used = time.monotonic()
        transaction.busy.release()


def _find(identifier: str) -> _Transaction:
    for other, transaction in list(_open.items()):
        if time.monotonic() - transaction.used > IDLE_SECONDS:
            _close(other, EXPIRED)
    if identifier not in _open:
        raise _not_found(identifier, _closed.get(identifier, EXPIRED))
    return _open[identifier]


def _close(identifier: str, reason: str) -> None:
    _closed[identifier] = reason
    _open.pop(identifier).connection.close()


def _not_found(identifier: str, reason: str) -> DataApiError:
    return DataApiError("TransactionNotFoundException", f"Transaction {identifier} is not found. {reason}")
