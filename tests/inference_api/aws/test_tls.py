"""TLS with the certificate authorities of the zip, and those of the system where they do not fit."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
import trustme

from bedrock_constructs.lambda_functions.amazon_roots import FINGERPRINTS, amazon_roots
from inference_api.aws import tls
from inference_api.aws.connections import Connections

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """Answers each request with ANSWER over TLS. `handshakes`: how many it was asked for."""

    def __init__(self, authority: trustme.CA, name: str = "localhost") -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(self._context)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self._listener.getsockname()[1]}"
        self.handshakes = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.handshakes += 1
            with (
                closing(connection),
                suppress(OSError),
                self._context.wrap_socket(connection, server_side=True) as secure,
            ):
                secure.recv(65_536)
                secure.sendall(ANSWER)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


class Authorities:
    """Which certificate authorities the zip and the system have."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(tls, "_first_try", [True])
        tls._context.cache_clear()

    def zip_has(self, authority: trustme.CA) -> None:
        authority.cert_pem.write_to_path(self._folder / "zip.pem")
        self._monkeypatch.setattr(tls, "ROOTS_PATH", str(self._folder / "zip.pem"))

    def system_has(self, authority: trustme.CA) -> None:
        authority.cert_pem.write_to_path(self._folder / "system.pem")
        self._monkeypatch.setenv("SSL_CERT_FILE", str(self._folder / "system.pem"))
        self._monkeypatch.setenv("SSL_CERT_DIR", str(self._folder / "none"))


@pytest.fixture
def authorities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authorities]:
    yield Authorities(tmp_path, monkeypatch)
    tls._context.cache_clear()


@pytest.fixture(scope="module")
def amazon() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def other() -> trustme.CA:
    return trustme.CA()


def asked(server: Server) -> int:
    try:
        response = Connections(server.url).request("POST", "/", {}, b"{}", read_seconds=5)
        response.read(read_seconds=5)
        return response.status
    finally:
        server.close()


def test_the_authorities_of_the_zip_are_enough(authorities: Authorities, amazon: trustme.CA, other: trustme.CA) -> None:
    authorities.zip_has(amazon)
    authorities.system_has(other)
    server = Server(amazon)

    assert asked(server) == 200
    assert server.handshakes == 1


def test_those_of_the_system_count_where_the_zip_has_not_the_right_one(
    authorities: Authorities, amazon: trustme.CA, other: trustme.CA
) -> None:
    authorities.zip_has(amazon)
    authorities.system_has(other)

    first, second = Server(other), Server(other)

    assert (asked(first), asked(second)) == (200, 200)
    assert (first.handshakes, second.handshakes) == (2, 1)


def test_a_zip_without_authorities_uses_those_of_the_system(
    authorities: Authorities, other: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "ROOTS_PATH", str(tmp_path / "missing.pem"))
    authorities.system_has(other)

    assert asked(Server(other)) == 200


@pytest.mark.parametrize("name", ["localhost", "elsewhere.example"])
def test_nobody_else_is_trusted(authorities: Authorities, amazon: trustme.CA, name: str) -> None:
    """An authority that neither has, or the certificate of another host."""
    authorities.zip_has(amazon)
    authorities.system_has(amazon)
    server = Server(trustme.CA() if name == "localhost" else amazon, name)

    with pytest.raises(ConnectionError, match="certificate verify failed"):
        asked(server)


def test_the_roots_are_those_of_amazon() -> None:
    context = ssl.create_default_context(cadata=amazon_roots())

    names = {str(certificate["subject"]) for certificate in context.get_ca_certs()}
    assert len(names) == len(FINGERPRINTS) == 5
    assert all("Amazon Root CA" in name or "Starfield Services Root" in name for name in names)
