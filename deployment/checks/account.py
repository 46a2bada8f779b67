"""[deployment] account: the file is deployed to this account and to no other."""

from deployment.config import ConfigError, DeploymentConfig
from kit_contract.embedded_aws import EMBEDDED_ACCOUNT


def check_account(config: DeploymentConfig, account: str | None, file: str = "deployment.toml") -> None:
    """Raise ConfigError if `account`, that of the credentials, is not the one of the file.

    The embedded AWS may always be used. None: there are no credentials yet, and cdk compares them at the deploy.
    """
    wanted = config.deployment.account
    if wanted and account not in (wanted, EMBEDDED_ACCOUNT, None):
        where = config.placed("deployment.account")
        raise ConfigError(
            [
                f"{file}: {where} is {wanted}, but your credentials are for {account}; log in to {wanted} "
                "(AWS_PROFILE, --profile), or change the setting"
            ]
        )
