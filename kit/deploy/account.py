"""Clients of the AWS account of your credentials, for what follows a deploy."""

from functools import cache
from typing import TYPE_CHECKING, Any

from billed_resources.listing import Clients, clients_of

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

DEPLOY_ROLE = "cdk-hnb659fds-deploy-role"  # of `cdk bootstrap`


class Account:
    """Raises botocore's errors if the credentials cannot be used."""

    def __init__(self, profile: str | None, region: str) -> None:
        import boto3
        from botocore.config import Config

        self._config = Config(retries={"mode": "standard", "total_max_attempts": 8})
        self._session = boto3.Session(profile_name=profile, region_name=region)
        first = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 2})
        identity = self._session.client("sts", config=first).get_caller_identity()  # without a network it ends soon
        self.id, self.arn = identity["Account"], identity["Arn"]
        self._partition = identity["Arn"].split(":")[1]
        self.clients = cache(self._clients)

    @property
    def session(self) -> Any:
        return self._session

    def client(self, service: str) -> Any:
        """A client of your own permissions in the deployment's Region."""
        return self._session.client(service, config=self._config)

    def _clients(self, region: str) -> Clients:
        own = clients_of(self._session, region_name=region, config=self._config)
        return Clients(own.bedrock, self._cloudformation(region), own.ssm, own.opensearch, own.rds)

    def _cloudformation(self, region: str) -> "CloudFormationClient":
        """As the CDK CLI does: with its deploy role, or with your own permissions if you may not assume it."""
        from botocore.exceptions import BotoCoreError, ClientError

        role = f"arn:{self._partition}:iam::{self.id}:role/{DEPLOY_ROLE}-{self.id}-{region}"
        credentials: dict[str, Any] = {}
        try:
            sts = self._session.client("sts", region_name=region, config=self._config)
            found = sts.assume_role(RoleArn=role, RoleSessionName="kit-deploy")["Credentials"]
            credentials = {
                "aws_access_key_id": found["AccessKeyId"],
                "aws_secret_access_key": found["SecretAccessKey"],
                "aws_session_token": found["SessionToken"],
            }
        except (BotoCoreError, ClientError):
            pass
        client: CloudFormationClient = self._session.client(
            "cloudformation", region_name=region, config=self._config, **credentials
        )
        return client
