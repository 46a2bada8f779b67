"""Starts and stops the embedded AWS: ministack in its own virtual environment, on loopback, with its own state folder.

What you deploy lives in the process and is gone after `stop`. The folder has the log, the process id and scratch files.
"""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit_contract.embedded_aws import EMBEDDED_ACCOUNT
from kit_contract.errors import ExternalError
from kit_contract.places import IS_INSTALLED, PROJECT, SOURCES
from local_aws import processes
from local_aws.environment import client_environment, server_environment
from local_aws.private_files import private_folder, write_private

PYTHON = PROJECT / ".local" / "emulator-venv" / "bin" / "python"
ACCOUNT = EMBEDDED_ACCOUNT
LAUNCHER = processes.LAUNCHER
READY_SECONDS = 30.0


class EmulatorError(ExternalError):
    """When the embedded AWS cannot be started."""


@dataclass(frozen=True)
class EmbeddedAws:
    """A running embedded AWS."""

    port: int
    pid: int
    state_dir: Path
    region: str
    llm_url: str | None = None

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def start(
    state_dir: Path,
    *,
    port: int | None = None,
    region: str = "us-east-1",
    time_scale: float = 1.0,
    llm_url: str | None = None,
    llm_model: str | None = None,
) -> EmbeddedAws:
    """Start it and wait until it is healthy. Raises EmulatorError.

    `time_scale` multiplies the times of Bedrock's jobs; with 1.0 a job takes seconds. `llm_url` is a server with the
    OpenAI chat API that answers instead of the mock; `llm_model` is its name for the model.
    """
    if not PYTHON.is_file():
        raise EmulatorError("the embedded AWS is not installed in .local/emulator-venv; run make setup")
    if running(state_dir):
        raise EmulatorError(f"an embedded AWS with its state in {state_dir} is already running; run make down first")
    stop(state_dir)  # one that runs unrecorded: its folder was removed
    chosen = _free_port(port)
    folder = private_folder(state_dir).resolve()
    private_folder(folder / "tmp")
    log = log_file(folder)
    environment = server_environment(folder=folder, port=chosen, region=region, time_scale=time_scale)
    process = _launch(environment | _llm_environment(llm_url, llm_model), folder, log)
    aws = EmbeddedAws(chosen, process.pid, state_dir, region, llm_url)
    recorded = {"pid": aws.pid, "port": aws.port, "region": region, "llm_url": llm_url}
    write_private(_pid_file(state_dir), json.dumps(recorded))
    try:
        _wait_until_healthy(aws, process, log)
    except BaseException:
        stop(state_dir)
        raise
    finally:
        process.returncode = process.returncode or 0  # the process outlives this object; `stop` reaps it
    return aws


def stop(state_dir: Path) -> bool:
    """Stop it with every Lambda worker it started. Returns whether anything ran."""
    _pid_file(state_dir).unlink(missing_ok=True)  # first: who waits for it sees that it was stopped
    groups = processes.groups(state_dir)
    for group in groups:
        processes.end(group)
    return bool(groups)


def running(state_dir: Path) -> EmbeddedAws | None:
    """The embedded AWS with its state in `state_dir`, or None if its process is not running."""
    data = recorded(state_dir)
    if data is None or data["pid"] not in processes.launchers(state_dir):
        return None
    return EmbeddedAws(data["port"], data["pid"], state_dir, data["region"], data.get("llm_url"))


def environment(aws: EmbeddedAws) -> dict[str, str]:
    """The environment in which the CDK CLI, boto3 and app.py reach this embedded AWS and nothing else."""
    return client_environment(
        folder=aws.state_dir.resolve(), endpoint_url=aws.endpoint_url, account=ACCOUNT, region=aws.region
    )


def _llm_environment(url: str | None, model: str | None) -> dict[str, str]:
    if not url:
        return {}
    root = url.rstrip("/").removesuffix("/v1")  # you give OpenAI clients the address with /v1; ministack adds it
    return {"MINISTACK_BEDROCK_PROXY_URL": root, **({"KIT_LLM_MODEL": model} if model else {})}


def _free_port(wanted: int | None) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted or 0))
        except OSError:
            raise EmulatorError(f"port {wanted} is in use; stop the process on it, or run without --port") from None
        port: int = probe.getsockname()[1]
    return port


def _launch(environment: dict[str, str], folder: Path, log: Path) -> subprocess.Popen[bytes]:
    write_private(log, "")
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(PYTHON), "-m", LAUNCHER, str(folder)],  # `processes` finds it by this
            cwd=_modules(folder),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,  # also of the Lambda workers
        )


def _modules(folder: Path) -> Path:
    """The folder from which the emulator's Python imports the kit. Of installed packages it must see no other."""
    if not IS_INSTALLED:
        return SOURCES
    link = private_folder(folder / "modules") / SOURCES.name
    link.unlink(missing_ok=True)
    link.symlink_to(SOURCES)
    return link.parent


def _wait_until_healthy(aws: EmbeddedAws, process: "subprocess.Popen[bytes]", log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise EmulatorError(f"the embedded AWS {_end_of(process)}; its log, {log}, ends with:\n{tail(log)}")
        try:
            with opener.open(f"{aws.endpoint_url}/_ministack/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise EmulatorError(f"the embedded AWS was not healthy within {READY_SECONDS:.0f} s:\n{tail(log)}")


def _end_of(process: "subprocess.Popen[bytes]") -> str:
    code = process.returncode
    return f"was stopped by signal {-code} before it was ready" if code < 0 else f"exited with code {code}"


def tail(log: Path) -> str:
    """The last lines of the log; empty if there is none."""
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
    except OSError:
        return ""


def log_file(state_dir: Path) -> Path:
    return state_dir / "emulator.log"


def _pid_file(state_dir: Path) -> Path:
    return state_dir / "emulator.json"


def recorded(state_dir: Path) -> dict[str, Any] | None:
    """What `start` wrote, whether it still runs or not; None if `stop` removed it, or nobody can read it."""
    try:
        data = json.loads(_pid_file(state_dir).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    types = {"pid": int, "port": int, "region": str}
    whole = isinstance(data, dict) and all(isinstance(data.get(name), kind) for name, kind in types.items())
    return data if whole else None
