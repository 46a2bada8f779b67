"""A run whose embedded AWS is stopped or killed ends at once and says why."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError

from kit.local.watch import EmbeddedAwsGoneError, ended_with
from kit_contract.places import PROJECT
from local_aws import emulator, processes
from local_aws.session import embedded_session
from tests.kit.local.test_up import alive, command, nothing_is_left, started_by, up

SECONDS = 8  # the CDK CLI has five to end


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def launcher(folder: Path) -> int:
    (pid,) = processes.launchers(folder / "aws")
    return pid


@pytest.mark.parametrize("step", ["] CDK bootstrap", "deploying  support-assistant-model-access"])
def test_a_run_whose_embedded_aws_is_killed_ends_and_names_the_log(folder: Path, step: str) -> None:
    with up(folder, step) as run:
        below = started_by(run.pid)
        os.kill(launcher(folder), signal.SIGKILL)
        begun = time.monotonic()
        output, _ = run.communicate(timeout=60)

    assert time.monotonic() - begun < SECONDS
    assert run.returncode == 1
    assert "the embedded AWS ended while it was in use; run kit local up --config" in output
    assert str(folder / "aws" / "emulator.log") in output
    assert "Traceback" not in output
    assert "keeps running" not in output
    assert alive(below) == {}
    assert nothing_is_left(folder)


@pytest.mark.parametrize("step", ["] Data check", "] cdk deploy"])
def test_down_ends_a_run_too(folder: Path, step: str) -> None:
    with up(folder, step) as run:
        down = subprocess.run(command(folder, "down"), cwd=PROJECT, capture_output=True, text=True, check=False)
        output, _ = run.communicate(timeout=3)  # it has let go of its lock

    assert (down.returncode, down.stderr) == (0, "")
    assert "the embedded AWS is stopped; nothing is left running" in down.stdout
    assert run.returncode == 1
    assert "was stopped by" in output
    assert "Traceback" not in output
    assert nothing_is_left(folder)


def test_whatever_a_call_makes_of_it_the_reason_is_told(tmp_path: Path) -> None:
    aws = emulator.start(tmp_path)
    client = embedded_session(aws.region).client("ssm", endpoint_url=aws.endpoint_url)

    def stopped() -> None:
        with ended_with(aws):
            emulator.stop(tmp_path)
            client.describe_parameters()

    with pytest.raises(EmbeddedAwsGoneError, match="was stopped by another command"):
        stopped()


def test_another_error_is_not_blamed_on_it(tmp_path: Path) -> None:
    aws = emulator.start(tmp_path)
    try:
        with pytest.raises(EndpointConnectionError), ended_with(aws):
            raise EndpointConnectionError(endpoint_url="https://elsewhere")
    finally:
        emulator.stop(tmp_path)


def test_it_interrupts_a_wait_and_restores_the_signal(tmp_path: Path) -> None:
    aws = emulator.start(tmp_path)
    before = signal.getsignal(signal.SIGUSR1)

    def waiting() -> None:
        with ended_with(aws):
            emulator.stop(tmp_path)
            time.sleep(20)

    with pytest.raises(EmbeddedAwsGoneError):
        waiting()

    assert signal.getsignal(signal.SIGUSR1) is before
