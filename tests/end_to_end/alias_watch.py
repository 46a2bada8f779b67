"""Which models an alias had while a deploy ran, for the tests of day two."""

import threading
from typing import Any

import boto3

from tests.end_to_end.day_two import DayTwo
from tests.end_to_end.day_two_settings import REGION


class Watch:
    """Looks at the alias `bot` while a deploy runs."""

    def __init__(self, aws: DayTwo, seen: set[str]) -> None:
        self._aws, self._seen = aws, seen
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _client(self, service: str) -> Any:
        environment = self._aws.stacks.environment
        return boto3.client(
            service,
            endpoint_url=environment["AWS_ENDPOINT_URL"],
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def _run(self) -> None:
        clients = {name: self._client(name) for name in ("ssm", "bedrock")}
        while not self._stop.wait(0.1):
            self._seen.add(self._aws.serving(client=clients.__getitem__).get("bot", "the base model"))

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()
