"""SQL as Bedrock runs it: through the Data API, with the service role's rights and the credentials' user.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html (what the service role must be allowed)
"""

from dataclasses import dataclass
from typing import Any

from local_aws.extension.aurora import data_api
from local_aws.extension.aurora.data_api_error import DataApiError
from local_aws.extension.bedrock.responses import BedrockError
from local_aws.extension.bedrock.service_roles import role_allows_on

Rows = list[list[Any]]


@dataclass(frozen=True)
class Connection:
    """`configuration`: rdsConfiguration of CreateKnowledgeBase. `role`: of the knowledge base."""

    configuration: dict[str, Any]
    role: str

    @property
    def table(self) -> str:
        return ".".join(quoted(part) for part in str(self.configuration["tableName"]).split("."))

    def column(self, field: str) -> str | None:
        """The quoted name of the column for `textField`, `vectorField` and so on; None if there is none."""
        name = self.configuration["fieldMapping"].get(field)
        return quoted(name) if name else None

    def check_role(self) -> None:
        """Raise BedrockError unless the role may use the cluster and read the credentials."""
        cluster, secret = self.configuration["resourceArn"], self.configuration["credentialsSecretArn"]
        needed = [
            ("rds:DescribeDBClusters", cluster),
            ("rds-data:ExecuteStatement", cluster),
            ("rds-data:BatchExecuteStatement", cluster),
            ("secretsmanager:GetSecretValue", secret),
        ]
        for action, arn in needed:
            if not role_allows_on(self.role, action, arn):
                raise BedrockError(
                    "ValidationException",
                    f"The knowledge base storage configuration provided is invalid... User: {self.role} is not "
                    f"authorized to perform: {action} on resource: {arn} because no identity-based policy allows it",
                )

    def run(self, sql: str, **values: Any) -> Rows:
        """Raises BedrockError with the words in which Bedrock passes the store's error on."""
        request = {
            "resourceArn": self.configuration["resourceArn"],
            "secretArn": self.configuration["credentialsSecretArn"],
            "database": self.configuration["databaseName"],
            "sql": sql,
            "parameters": [_parameter(name, value) for name, value in values.items()],
        }
        try:
            answer = data_api.execute(request)
        except DataApiError as error:
            raise BedrockError(
                "ValidationException",
                f"The vector database encountered an error while processing the request: {error} (Service: RdsData, "
                f"Status Code: {error.status})",
            ) from None
        return [[_plain(field) for field in row] for row in answer.get("records", [])]


def quoted(name: str) -> str:
    """An SQL identifier: Bedrock's schema admits no quotation mark in it."""
    return f'"{name}"'


def _parameter(name: str, value: Any) -> dict[str, Any]:
    kinds = {bool: "booleanValue", int: "longValue", float: "doubleValue", str: "stringValue"}
    return {"name": name, "value": {kinds[type(value)]: value}}


def _plain(field: dict[str, Any]) -> Any:
    kind, value = next(iter(field.items()))
    return None if kind == "isNull" else value
