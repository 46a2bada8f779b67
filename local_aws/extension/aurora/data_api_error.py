"""An error of the RDS Data API, with the status that its API model gives the code."""

STATUSES = {
    "AccessDeniedException": 403,
    "BadRequestException": 400,
    "DatabaseErrorException": 400,
    "DatabaseNotFoundException": 404,
    "DatabaseResumingException": 400,
    "DatabaseUnavailableException": 504,
    "HttpEndpointNotEnabledException": 400,
    "InvalidSecretException": 400,
    "NotFoundException": 404,
    "SecretsErrorException": 400,
    "StatementTimeoutException": 400,
    "TransactionNotFoundException": 404,
    "UnsupportedResultException": 400,
}
TIMED_OUT = "57014"  # PostgreSQL's query_canceled


class DataApiError(Exception):
    """When the RDS Data API refuses a request: `code` is one of STATUSES."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = STATUSES[code]


def of_postgres(error: Exception) -> DataApiError:
    """PostgreSQL's error in the words of the Data API: `ERROR: relation "t" does not exist; ...; SQLState: 42P01`."""
    diagnosis = getattr(error, "diag", None)
    state = getattr(error, "sqlstate", None) or getattr(diagnosis, "sqlstate", None)
    if state is None:  # the server refused the connection: there is no result to read the state from
        text = str(error).strip().splitlines()[-1].rpartition("FATAL:")[2].strip()
        state = "28P01" if "password authentication failed" in text else "08006"
        return DataApiError("DatabaseErrorException", f"FATAL: {text}; SQLState: {state}")
    if state == TIMED_OUT:
        return DataApiError("StatementTimeoutException", "Request timed out")
    assert diagnosis is not None
    if "multiple commands" in (diagnosis.message_primary or ""):
        return DataApiError("DatabaseErrorException", "Multistatements aren't supported.")
    parts = [f"{diagnosis.severity}: {diagnosis.message_primary}"]
    parts += [f"Detail: {diagnosis.message_detail}"] if diagnosis.message_detail else []
    parts += [f"Hint: {diagnosis.message_hint}"] if diagnosis.message_hint else []
    parts += [f"Position: {diagnosis.statement_position}"] if diagnosis.statement_position else []
    return DataApiError("DatabaseErrorException", "; ".join([*parts, f"SQLState: {state}"]))
