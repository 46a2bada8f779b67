"""Runs a CDK app as the CDK CLI does, and leaves its cloud assembly in a folder."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deployment.environments import choose
from kit.cdk_cli import NODE
from kit.check.own_apps import OwnApp
from kit_contract.errors import InputError
from kit_contract.places import IS_INSTALLED, PROJECT

ACCOUNT = "111122223333"  # AWS's documentation uses it; no credentials are needed to check
# A project of one's own has its app; without one, it is the kit's.
_APP = ["-m", "bedrock_deployment_kit.app"] if IS_INSTALLED and not (PROJECT / "app.py").is_file() else ["app.py"]
OWN_APP = shlex.join([sys.executable, *_APP])
BEDROCK_ARN = re.compile(r"arn:[\w-]+:bedrock:[\w-]*:(\d{12}):")
LONGEST_VARIABLE = 100_000  # bytes; Linux takes 128 KiB


def synthesize_own(own: OwnApp, folder: Path) -> Path:
    """The assembly of the kit's own app with this file, as this environment has it."""
    chosen = {"environment": own.environment} if own.environment else {}
    context = {**_context(PROJECT), "config": str(own.config.resolve()), **chosen, **own.context}
    what = f"the app with {own.config}" + (f", environment {own.environment}" if own.environment else "")
    return _run(OWN_APP, PROJECT, folder, context, what, own.account or account_of(own.config, own.environment))


def account_of(config: Path, environment: str | None = None) -> str | None:
    """The account that this deployment.toml is for: the one it names, or the one of its Bedrock ARNs."""
    try:
        text = config.read_text(encoding="utf-8")
        named = choose(tomllib.loads(text), environment)[0].get("deployment", {}).get("account")
    except OSError as error:
        raise InputError(f"{config}: {error.strerror}; name a deployment.toml with --config") from None
    except (ValueError, AttributeError):  # the app says what is wrong
        return None
    found = BEDROCK_ARN.search(text)
    return str(named) if named else found and found[1]


def synthesize(app: str, folder: Path, more: Mapping[str, str], directory: Path) -> Path:
    """The assembly of the app that the command `app` runs in `directory`. `app` may be the folder of an assembly."""
    if not directory.is_dir():
        raise InputError(f"{directory} is no folder; name the one that has the app's cdk.json with --directory")
    if (directory / app / "manifest.json").is_file():
        return directory / app
    return _run(app, directory, folder, {**_context(directory), **more}, f"the app {app!r}")


def _context(folder: Path) -> dict[str, Any]:
    """What the CDK CLI passes on: the context of cdk.json, and the lookups of cdk.context.json."""
    found: dict[str, Any] = {}
    for name in ("cdk.json", "cdk.context.json"):
        path = folder / name
        if path.is_file():
            try:
                content = json.loads(path.read_text(encoding="utf-8"))
            except ValueError as error:
                raise InputError(f"{path} is not JSON: {error}") from None
            found |= content.get("context", {}) if name == "cdk.json" else content
    return found


def _run(app: str, cwd: Path, folder: Path, context: Mapping[str, Any], what: str, account: str | None = None) -> Path:
    environment = {
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": "us-east-1",
        "JSII_NODE": str(NODE),
        **os.environ,
        **({"CDK_DEFAULT_ACCOUNT": account} if account else {}),
        "CDK_OUTDIR": str(folder),
        "CDK_VALIDATION": "false",  # kit check runs it on the templates
        **_passed(context, folder),
    }
    done = subprocess.run(
        app, cwd=cwd, env=environment, shell=True, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode != 0 or not (folder / "manifest.json").is_file():
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        why = f"exit code {done.returncode}" if done.returncode else "it wrote no cloud assembly to CDK_OUTDIR"
        raise InputError(f"{what} could not be synthesized: {why}; run cdk synth to see more\n{tail}".rstrip())
    return folder


def _passed(context: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """As the CDK CLI passes it: in a variable, or in a file if it is too long for one."""
    text = json.dumps(context)
    if len(text) <= LONGEST_VARIABLE:
        return {"CDK_CONTEXT_JSON": text}
    file = folder.parent / f"{folder.name}.context.json"
    file.write_text(text, encoding="utf-8")
    return {"CDK_CONTEXT_JSON": "{}", "CONTEXT_OVERFLOW_LOCATION_ENV": str(file)}
