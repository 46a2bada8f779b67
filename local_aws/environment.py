"""The environments of the processes around an embedded AWS.

They are made from nothing: no variable of your shell, such as a proxy, a profile, NODE_OPTIONS or an unusable HOME, can
lead them elsewhere or stop them.
"""

import os
from pathlib import Path

from kit_contract.places import BIN, PROJECT

KEPT = ("CI",)  # only changes how output looks
DECIDED = ("KIT_PT_QUOTA", "KIT_FAULTS")  # what you may decide about the emulator


def client_environment(*, folder: Path, endpoint_url: str, account: str, region: str) -> dict[str, str]:
    """Of the CDK CLI, boto3 and app.py: they reach this embedded AWS and nothing else."""
    return {
        **_base(folder),
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "CDK_DEFAULT_ACCOUNT": account,
        "CDK_DEFAULT_REGION": region,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_VALIDATION": "false",
        # Of all embedded AWSs: unpacking the CDK takes seconds.
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(PROJECT / ".local" / "jsii"),
    }


def server_environment(*, folder: Path, port: int, region: str, time_scale: float) -> dict[str, str]:
    """Of the emulator. Its Lambda workers inherit it."""
    return {
        **_base(folder),
        **_given(DECIDED),
        "STATE_DIR": str(folder / "state"),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": region,
        "IOT_MTLS_ENABLED": "0",
        "SFN_WAIT_SCALE": "0.02",
        "KIT_TIME_SCALE": str(time_scale),
    }


def _base(folder: Path) -> dict[str, str]:
    scratch = str(folder / "tmp")
    path = (str(BIN), os.environ.get("PATH"), os.defpath)
    return {
        **_given(KEPT),
        "PATH": os.pathsep.join(part for part in path if part),
        "HOME": scratch,
        "TMPDIR": scratch,
        "LC_ALL": "C.UTF-8",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
    }


def _given(names: tuple[str, ...]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}
