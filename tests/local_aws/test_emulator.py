"""The embedded AWS starts on loopback, explains a failed start, and leaves no process behind."""

import http.server
import io
import json
import os
import signal
import socket
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from kit_contract.places import PROJECT
from local_aws import emulator, guard

Running = emulator.EmbeddedAws


def processes(group: int) -> list[int]:
    """The live processes of a process group."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(entry.name))
    return found


def test_it_answers_on_loopback_only(aws: Running) -> None:
    with urllib.request.urlopen(f"{aws.endpoint_url}/_ministack/health", timeout=5) as response:
        assert "services" in json.load(response)

    for address in ("127.0.0.2", "::1"):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family) as probe:
            assert probe.connect_ex((address, aws.port)) != 0


def test_the_state_folder_identifies_it(aws: Running) -> None:
    assert emulator.running(aws.state_dir) == aws


def test_a_second_start_in_one_state_folder_is_refused(aws: Running) -> None:
    with pytest.raises(emulator.EmulatorError, match=r"already running; run make down"):
        emulator.start(aws.state_dir)


def test_no_variable_of_your_shell_reaches_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3", "HTTPS_PROXY", "SSH_AUTH_SOCK"):
        monkeypatch.setenv(name, "mine")

    running = emulator.start(tmp_path, llm_url="http://127.0.0.1:9", time_scale=0.5)
    try:
        raw = Path(f"/proc/{running.pid}/environ").read_bytes().decode()
        given = dict(pair.split("=", 1) for pair in raw.split("\0") if "=" in pair)
    finally:
        emulator.stop(tmp_path)

    assert "mine" not in given.values()
    assert given["BIND_HOST"] == "127.0.0.1"
    assert given["MINISTACK_BEDROCK_PROXY_URL"] == "http://127.0.0.1:9"
    assert given["KIT_TIME_SCALE"] == "0.5"
    assert Path(given["TMPDIR"]).is_relative_to(tmp_path)
    assert given["PATH"].startswith(str(PROJECT / ".venv" / "bin"))
    assert emulator.running(tmp_path) is None
    assert processes(running.pid) == []
    emulator.stop(tmp_path)


def test_workers_of_a_killed_launcher_are_stopped_too(tmp_path: Path) -> None:
    running = emulator.start(tmp_path)
    try:
        invoke_a_function(running)
        assert len(processes(running.pid)) > 1
        os.kill(running.pid, signal.SIGKILL)
        os.waitpid(running.pid, 0)
        assert emulator.running(tmp_path) is None
    finally:
        emulator.stop(tmp_path)

    assert processes(running.pid) == []


def invoke_a_function(aws: Running) -> None:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=aws.region)
    functions = session.client("lambda", endpoint_url=aws.endpoint_url)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("index.py", "def handle(event, context):\n    return 1\n")
    functions.create_function(
        FunctionName="worker",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/any",
        Handler="index.handle",
        Code={"ZipFile": archive.getvalue()},
    )
    functions.get_waiter("function_active_v2").wait(FunctionName="worker")
    assert json.load(functions.invoke(FunctionName="worker")["Payload"]) == 1


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(emulator.EmulatorError, match=f"port {port} is in use; stop the process"):
            emulator.start(tmp_path, port=port)


def test_a_start_that_fails_shows_the_log_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(emulator, "LAUNCHER", "local_aws.extension.no_such_launcher")

    with pytest.raises(emulator.EmulatorError, match=r"(?s)exited with code 1.*no_such_launcher"):
        emulator.start(tmp_path)

    assert not (tmp_path / "emulator.json").exists()


@pytest.mark.parametrize("recorded", [{"pid": os.getpid(), "port": 1, "region": "us-east-1"}, [], {}, {"pid": 1}])
def test_stop_touches_no_other_process_and_removes_a_stale_file(tmp_path: Path, recorded: object) -> None:
    (tmp_path / "emulator.json").write_text(json.dumps(recorded), encoding="utf-8")

    assert emulator.running(tmp_path) is None
    emulator.stop(tmp_path)

    assert not (tmp_path / "emulator.json").exists()


def test_the_environment_leads_to_it_and_to_nothing_else(aws: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    environment = emulator.environment(aws)

    assert environment["AWS_ENDPOINT_URL"] == aws.endpoint_url
    assert environment["CDK_DEFAULT_ACCOUNT"] == "000000000000"
    assert environment["AWS_CONFIG_FILE"] == environment["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert "AWS_PROFILE" not in environment
    with pytest.raises(guard.GuardError, match="AWS_ENDPOINT_URL is set"):
        guard.require_real(environment)


def test_the_guard_accepts_the_embedded_aws(aws: Running) -> None:
    guard.require_embedded(aws.endpoint_url)


@pytest.mark.parametrize(
    "url", ["https://bedrock.us-east-1.amazonaws.com", "http://127.0.0.1.example.com", "http://127.0.0.1@10.0.0.1:80"]
)
def test_the_guard_refuses_another_machine(url: str) -> None:
    with pytest.raises(guard.GuardError, match="is not on this machine"):
        guard.require_embedded(url)


class OtherAccount(http.server.BaseHTTPRequestHandler):
    """Answers like the embedded AWS, for another account."""

    def do_GET(self) -> None:
        self._answer(b'{"services": {}}')

    def do_POST(self) -> None:
        self._answer(b"<Account>111122223333</Account>")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def other_account() -> Iterator[str]:
    with http.server.HTTPServer(("127.0.0.1", 0), OtherAccount) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_guard_refuses_another_account_on_this_machine(other_account: str) -> None:
    with pytest.raises(guard.GuardError, match="is account 111122223333, the embedded AWS is 000000000000"):
        guard.require_embedded(other_account)


def test_the_guard_refuses_where_nothing_answers() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(guard.GuardError, match=r"does not answer as the embedded AWS.*make up"):
            guard.require_embedded(url)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"}, "AWS_ENDPOINT_URL_S3 is set"),
        ({"AWS_ACCESS_KEY_ID": "test"}, "credentials are those of the embedded AWS"),
    ],
)
def test_the_guard_keeps_an_emulator_out_of_a_deploy(environ: dict[str, str], said: str) -> None:
    with pytest.raises(guard.GuardError, match=said):
        guard.require_real(environ)


def test_the_guard_lets_a_real_account_pass() -> None:
    guard.require_real({"AWS_PROFILE": "team", "AWS_REGION": "us-east-1"})
