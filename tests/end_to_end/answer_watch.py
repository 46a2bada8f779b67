"""A caller that asks all through a deploy, for the tests of day two of a knowledge base."""

import json
import threading
from collections.abc import Callable
from typing import Any


class AnswerWatch:
    """Asks with `post` while the block runs; `faults` are the answers that failed, or did not hold `expected`.

    `post`: takes path and body, returns status and answer.
    """

    def __init__(self, post: Callable[[str, bytes], tuple[int, Any]], question: str, expected: str) -> None:
        self._post, self._expected = post, expected
        self._body = json.dumps({"query": question}).encode()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.asked = 0
        self.faults: list[str] = []

    def _run(self) -> None:
        while not self._stop.wait(0.2):
            for path in ("/retrieve", "/retrieve-and-generate"):
                status, answer = self._post(path, self._body)
                self.asked += 1
                if status != 200 or self._expected not in str(answer):
                    self.faults.append(f"{path}: {status} {answer}"[:500])

    def __enter__(self) -> "AnswerWatch":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()
