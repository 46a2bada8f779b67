"""A client of Bedrock that signs with AWS credentials in place of the key, and is the same otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.clients.run_client import Access


class Signed:
    """`client`: a module or a class of this folder that makes its clients with bedrock_client.py."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.NOT_AVAILABLE: dict[str, str] = client.NOT_AVAILABLE

    def __getattr__(self, name: str) -> Callable[[Access], Any]:
        return lambda access: getattr(self._client, name)(Access(f"{access.url}/iam", access.key))
