"""Custom::PgVectorTable: the table that a knowledge base in Aurora PostgreSQL needs, which CloudFormation cannot make.

  Create, Update  extension, user, schema, table, rights, indexes: each if it is missing -> READY with all indexes.
                  The user gets the password of its secret again.
  Delete          keeps everything unless `DeleteData`. Then drops the table, and with the last one schema and user, if
                  this stack made them -> GONE. A cluster or a secret that is gone is fine.
  Replacement     another `Table`: other dimensions or another model have one beside the old one, which serves meanwhile

A cluster that resumes from 0 ACU refuses with DatabaseResumingException; the framework repeats the step.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
"""

import json
from collections.abc import Mapping
from typing import Any

from custom_resources.framework.errors import error_code
from custom_resources.framework.properties import Properties
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot
from custom_resources.pg_vector_table.database import DataApi, Database
from custom_resources.pg_vector_table.scram import verifier
from custom_resources.pg_vector_table.table import Table, checked

# The Data API doesn't tell an absent cluster from one without its endpoint.
ABSENT = ("HttpEndpointNotEnabledException", "DatabaseNotFoundException", "SecretsErrorException", "NotFoundException")
ABSENT_SECRET = ("ResourceNotFoundException", "InvalidRequestException")  # the second: scheduled for deletion


class PgVectorTableResource:
    name_property = "Table"

    def __init__(self, data_api: DataApi, secrets: Any) -> None:
        """`secrets`: boto3's client of Secrets Manager."""
        self._data_api = data_api
        self._secrets = secrets

    def physical_id(self, request: Request) -> str:
        return checked(Properties(request.properties).text("Table"))

    def create(self, request: Request) -> Mapping[str, str]:
        properties, table = Properties(request.properties), self._table(request)
        secret = self._secret(properties)
        version = table.make_extension()
        table.make_role(secret["username"], verifier(secret["password"]), version)
        table.make(secret["username"], properties.integer("Dimensions", minimum=1))
        for column in table.missing_indexes():
            try:
                table.make_index(column)
            except Exception as error:
                if error_code(error) != "StatementTimeoutException":
                    raise
        return {}

    def update(self, request: Request) -> Mapping[str, str]:
        return self.create(request)

    def delete(self, request: Request) -> None:
        properties = Properties(request.properties)
        if not properties.boolean("DeleteData"):
            return
        try:
            self._table(request).drop(self._user(properties))
        except Exception as error:
            if error_code(error) not in ABSENT:
                raise

    def describe(self, request: Request) -> Snapshot:
        if request.is_delete:
            return Snapshot(Phase.IN_PROGRESS if self._is_left(request) else Phase.GONE)
        table = self._table(request)
        if not table.exists():
            return Snapshot(Phase.GONE)
        missing = table.missing_indexes()
        waiting_for = f"indexes of {table.qualified} on {', '.join(missing)}" if missing else ""
        return Snapshot(Phase.IN_PROGRESS if missing else Phase.READY, waiting_for=waiting_for)

    def _is_left(self, request: Request) -> bool:
        if not Properties(request.properties).boolean("DeleteData"):
            return False
        try:
            return self._table(request).is_ours()
        except Exception as error:
            if error_code(error) not in ABSENT:
                raise
            return False

    def _table(self, request: Request) -> Table:
        properties = Properties(request.properties)
        database = Database(
            self._data_api,
            cluster_arn=properties.text("ClusterArn"),
            secret_arn=properties.text("AdminSecretArn"),
            database=properties.text("Database"),
        )
        owner = f"bedrock-kit {request.stack_name}/{request.logical_id}"
        return Table.of(database, properties.text("Table"), owner)

    def _secret(self, properties: Properties) -> Mapping[str, str]:
        answer = self._secrets.get_secret_value(SecretId=properties.text("CredentialsSecretArn"))
        secret: Mapping[str, str] = json.loads(answer["SecretString"])
        return secret

    def _user(self, properties: Properties) -> str | None:
        try:
            return self._secret(properties)["username"]
        except Exception as error:
            if error_code(error) not in ABSENT_SECRET:
                raise
            return None
