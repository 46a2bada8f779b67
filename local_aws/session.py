"""The boto3 session of commands that call an embedded AWS."""

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import boto3

ATTEMPTS = 3  # on one machine, only what does not run any more cannot be reached


def embedded_session(region: str) -> "boto3.Session":
    """Pass the endpoint URL to each client. It reads no variable, file or proxy of yours."""
    import boto3
    from botocore.config import Config
    from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
    from botocore.session import Session

    files = {"config_file": os.devnull, "credentials_file": os.devnull}
    # Each as (name in the file, variable, default, conversion): only the default is left.
    variables = {
        name: (None, None, files.get(name, default), conversion)
        for name, (_, _, default, conversion) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    }
    core = Session(session_vars=variables)
    core.get_component("config_store").set_config_variable("s3", {})  # has variables of its own
    settings: dict[str, Any] = {
        "proxies": {},
        "auth_scheme_preference": "sigv4",  # AWS_BEARER_TOKEN_BEDROCK takes the place of the credentials otherwise
        "retries": {"mode": "standard", "total_max_attempts": ATTEMPTS},
    }
    core.set_default_client_config(Config(**settings))
    return boto3.Session(
        botocore_session=core, aws_access_key_id="test", aws_secret_access_key="test", region_name=region
    )
