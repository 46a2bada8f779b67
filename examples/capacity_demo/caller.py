"""A client that calls an alias ten times a second from a thread, and counts answers and failures."""

import http.client
import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from typing import Any

from kit.local.stacks import Api
from kit_contract.errors import ExternalError

QUESTION = "My coffee machine shows a descaling light. What should I do?"
MOCKED = re.compile(r"^\[mock answer by (\S+)\]")  # the custom model that answered; only on the embedded AWS
TIMEOUT_SECONDS = 30
PERIOD_SECONDS = 0.1  # without a pause it would slow down the deploys that run beside it


class Caller:
    """Counts `answered` by kind of target, `models` by custom model, and `tokens` (input, output) by kind.

    `failures` has the message of each failed call. The thread calls `on_change(kind, model)` when the target changes.
    """

    def __init__(self, api: Api, alias: str, on_change: Callable[[str, str], None]) -> None:
        self.answered: Counter[str] = Counter()
        self.models: Counter[str] = Counter()
        self.tokens: dict[str, tuple[int, int]] = {}
        self.failures: list[str] = []
        self._latest = ("", "")
        self._on_change = on_change
        self._request = _request(api, alias)
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback only
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="caller", daemon=True)

    @property
    def calls(self) -> int:
        return self.answered.total() + len(self.failures)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop after the current call is answered."""
        self._stop.set()
        self._thread.join()

    def until(self, *, kind: str = "", model: str = "", seconds: float) -> None:
        """Wait for an answer by this kind of target and custom model. Raises ExternalError."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if kind in ("", self._latest[0]) and model in ("", self._latest[1]):
                return
            time.sleep(0.05)
        latest_failure = f"; the last failure: {self.failures[-1]}" if self.failures else ""
        wanted = " ".join(filter(None, (kind, model)))
        latest = " ".join(self._latest)
        raise ExternalError(
            f"calls are not answered by {wanted} after {seconds:.0f} s, but by {latest}{latest_failure}"
        )

    def _run(self) -> None:
        while not self._stop.is_set():
            begun = time.monotonic()
            try:
                with self._opener.open(self._request, timeout=TIMEOUT_SECONDS) as response:
                    self._count(json.load(response))
            except urllib.error.HTTPError as error:
                with error:
                    self.failures.append(f"{error.code} {error.read().decode(errors='replace')[:300]}")
            except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
                self.failures.append(f"{type(error).__name__}: {error}")
            self._stop.wait(max(PERIOD_SECONDS - (time.monotonic() - begun), 0))

    def _count(self, answer: dict[str, Any]) -> None:
        kind = answer["served_by"]["kind"]
        named = MOCKED.match(answer["choices"][0]["message"]["content"])
        model = named[1] if named else ""
        self.answered[kind] += 1
        self.models[model] += 1
        given, made = self.tokens.get(kind, (0, 0))
        usage = answer["usage"]
        self.tokens[kind] = (given + usage["prompt_tokens"], made + usage["completion_tokens"])
        if (kind, model) != self._latest:
            self._latest = (kind, model)
            self._on_change(kind, model)


def _request(api: Api, alias: str) -> urllib.request.Request:
    body = {"model": alias, "messages": [{"role": "user", "content": QUESTION}]}
    headers = {"Authorization": f"Bearer {api.key}", "Content-Type": "application/json"}
    return urllib.request.Request(f"{api.url}/chat/completions", json.dumps(body).encode(), headers)
