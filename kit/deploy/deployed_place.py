"""Where a deployment is looked at: the account of your credentials, or the embedded AWS."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from billed_resources.listing import Clients, clients_of
from deployment.checks.account import check_account
from deployment.config import DeploymentConfig
from kit.cdk_cli import EMBEDDED_CONTEXT
from kit.deploy.account import Account
from kit.deploy.history import RECORD
from kit.embedded_outputs import embedded_outputs
from kit.training_deploy import training_arguments
from kit_contract.errors import ExternalError
from kit_contract.places import PROJECT
from local_aws import emulator
from local_aws.guard import require_real

STATE = PROJECT / ".local" / "aws"


class DeployedPlace:
    """An account as Account has it. `environ` and `context` are those of the app."""

    def __init__(self, account: str, clients: Callable[[str], Clients], client: Callable[[str], Any]) -> None:
        self.id, self.clients, self.client = account, clients, client
        self.environ: dict[str, str] = dict(os.environ)
        self.context: list[str] = []
        self.record = RECORD
        self.local = False

    def training_arguments(self, config: DeploymentConfig, look: str | None) -> list[str]:
        """As the deploy of this place has them: on the embedded AWS, what was deleted is always trained again."""
        return training_arguments(look, config.customizations if self.local else (), retry_failed=self.local)


def your_account(config: DeploymentConfig, path: Path) -> DeployedPlace:
    require_real(os.environ)
    account = Account(None, config.deployment.region)
    check_account(config, account.id, path.name)
    return DeployedPlace(account.id, account.clients, account.client)


def embedded_aws(path: Path, environment: str | None) -> DeployedPlace:
    """In the Region of the file. Raises KitError."""
    embedded, aws = embedded_outputs(path, environment), emulator.running(STATE)
    if aws is None:
        raise ExternalError("the embedded AWS is not running; start it with: make up")
    session, url = embedded.session, embedded.endpoint_url
    place = DeployedPlace(
        emulator.ACCOUNT,
        lambda region: clients_of(session, region_name=region, endpoint_url=url),
        lambda service: session.client(service, endpoint_url=url),
    )
    place.environ, place.record = emulator.environment(aws), STATE / "deployed.json"
    place.local = True
    place.context = [word for value in EMBEDDED_CONTEXT for word in ("-c", value)]
    return place
