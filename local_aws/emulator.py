"""Starts and stops the embedded AWS: ministack in its own virtual environment, on loopback, with its own state folder.

What you deploy lives in the process and is gone after `stop`. The folder has the log, the process id and scratch files.
"""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit_contract.errors import ExternalError
from local_aws import processes

PROJECT = Path(__file__).resolve().parent.parent
PYTHON = PROJECT / ".local" / "emulator-venv" / "bin" / "python"
ACCOUNT = "000000000000"
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
    state_dir.mkdir(parents=True, exist_ok=True)
    log = state_dir / "emulator.log"
    environment = _server_environment(state_dir, chosen, region, time_scale) | _llm_environment(llm_url, llm_model)
    process = _launch(environment, state_dir, log)
    aws = EmbeddedAws(chosen, process.pid, state_dir, region, llm_url)
    recorded = {"pid": aws.pid, "port": aws.port, "region": region, "llm_url": llm_url}
    _pid_file(state_dir).write_text(json.dumps(recorded), encoding="utf-8")
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
    groups = processes.groups(state_dir)
    for group in groups:
        processes.end(group)
    _pid_file(state_dir).unlink(missing_ok=True)
    return bool(groups)


def running(state_dir: Path) -> EmbeddedAws | None:
    """The embedded AWS with its state in `state_dir`, or None if its process is not running."""
    data = _recorded(state_dir)
    if data is None or data["pid"] not in processes.launchers(state_dir):
        return None
    return EmbeddedAws(data["port"], data["pid"], state_dir, data["region"], data.get("llm_url"))


def environment(aws: EmbeddedAws) -> dict[str, str]:
    """The environment in which the CDK CLI, boto3 and app.py reach this embedded AWS and nothing else."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TERM", "TMPDIR", "CI") if name in os.environ}
    return {
        **kept,
        "PATH": f"{PROJECT / '.venv' / 'bin'}:{os.environ.get('PATH', '')}",
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": aws.region,
        "AWS_DEFAULT_REGION": aws.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "NO_PROXY": "127.0.0.1,localhost",
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": aws.region,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_VALIDATION": "false",
    }


def _server_environment(state_dir: Path, port: int, region: str, time_scale: float) -> dict[str, str]:
    scratch = _scratch(state_dir)
    scratch.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": f"{PROJECT / '.venv' / 'bin'}:{os.environ.get('PATH', '')}",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "STATE_DIR": str(state_dir / "state"),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": region,
        "IOT_MTLS_ENABLED": "0",
        "SFN_WAIT_SCALE": "0.02",
        "KIT_TIME_SCALE": str(time_scale),
        **{name: os.environ[name] for name in ("KIT_PT_QUOTA", "KIT_FAULTS") if name in os.environ},
        "NO_PROXY": "127.0.0.1,localhost",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


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


def _launch(environment: dict[str, str], state_dir: Path, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [str(PYTHON), "-m", LAUNCHER, str(state_dir.resolve())],  # `processes` finds it by this
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_until_healthy(aws: EmbeddedAws, process: "subprocess.Popen[bytes]", log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise EmulatorError(f"the embedded AWS exited with code {process.returncode}:\n{_tail(log)}")
        try:
            with opener.open(f"{aws.endpoint_url}/_ministack/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise EmulatorError(f"the embedded AWS was not healthy within {READY_SECONDS:.0f} s:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])


def _scratch(state_dir: Path) -> Path:
    return state_dir / "tmp"


def _pid_file(state_dir: Path) -> Path:
    return state_dir / "emulator.json"


def _recorded(state_dir: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(_pid_file(state_dir).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return data if isinstance(data, dict) and {"pid", "port", "region"} <= data.keys() else None
