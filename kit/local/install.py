"""What `kit local` needs in a project of your own: the emulator's environment and the CDK CLI, as the kit pins them."""

import shutil
import subprocess
import sys
from collections.abc import Sequence

from kit.cdk_cli import NODE
from kit_contract.errors import ExternalError
from kit_contract.places import PROJECT, SOURCES

ENVIRONMENT = PROJECT / ".local" / "emulator-venv"


def install() -> int:
    """Both take minutes the first time. What is there already is kept as far as it fits."""
    requirements = SOURCES / "local_aws" / "requirements.txt"
    print("embedded AWS -> .local/emulator-venv", flush=True)
    _run([sys.executable, "-m", "venv", str(ENVIRONMENT)])
    pip = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "--require-hashes", "-r", str(requirements)])
    print("CDK CLI -> node_modules", flush=True)
    for name in ("package.json", "package-lock.json"):
        if not (PROJECT / name).exists():
            shutil.copyfile(SOURCES / name, PROJECT / name)
    _run([str(NODE.with_name("npm")), "ci", "--silent", "--no-audit", "--no-fund"])
    return 0


def _run(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise ExternalError(f"{command[0]} is missing; pip install 'bedrock-deployment-kit[node]'") from None
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-10:])
        raise ExternalError(f"{' '.join(command[:4])} ... failed with exit code {done.returncode}:\n{tail}")
