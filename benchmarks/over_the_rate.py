""".venv/bin/python -m benchmarks.over_the_rate [callers] [seconds]: callers over the rate of a usage plan.

Each caller asks 15 times with OpenAI's client as it is (two retries), one question after the other, through a server on
127.0.0.1 that throttles as the usage plan of deployment.toml's defaults does (10 a second, bursts of 20) and answers as
API Gateway does: before, with the authorizer's random wait, and without it.
"""

import json
import sys
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from openai import APIStatusError, OpenAI

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "lambda"))

RATE, BURST, QUESTIONS = 10.0, 20, 15
COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 0,
    "model": "support-bot",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
}


class Bucket:
    """A token bucket, as AWS says that usage plans throttle."""

    def __init__(self) -> None:
        self._tokens, self._last, self._lock = float(BURST), time.monotonic(), threading.Lock()

    def take(self) -> bool:
        with self._lock:
            now = time.monotonic()
            self._tokens = min(BURST, self._tokens + (now - self._last) * RATE)
            self._last = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


def waits(kind: str, headers: Mapping[str, str]) -> dict[str, str]:
    from bedrock_constructs.inference_api.waits import WAIT_WITHOUT_JITTER, retry_seconds
    from inference_api.authorizer import retry_after_ms

    if kind == "before":
        return {"Retry-After": "1"}
    static = {"Retry-After": f"{retry_seconds(RATE, BURST) * WAIT_WITHOUT_JITTER:.0f}"}
    return static if kind == "without jitter" else {**static, "retry-after-ms": str(retry_after_ms(headers))}


def server(kind: str, answer_seconds: float) -> ThreadingHTTPServer:
    bucket = Bucket()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            if bucket.take():
                time.sleep(answer_seconds)
                self._send(200, {}, json.dumps(COMPLETION).encode())
            else:
                self._send(429, waits(kind, dict(self.headers.items())), b"{}")

        def _send(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 200

    return Server(("127.0.0.1", 0), Handler)


def measure(kind: str, callers: int, answer_seconds: float) -> tuple[int, float]:
    """How many of all requests failed, and the seconds until the last was answered."""
    with server(kind, answer_seconds) as gateway:
        threading.Thread(target=gateway.serve_forever, daemon=True).start()
        failed: list[int] = []

        def ask() -> None:
            with OpenAI(base_url=f"http://127.0.0.1:{gateway.server_port}/v1", api_key="k") as client:
                for _ in range(QUESTIONS):
                    try:
                        client.chat.completions.create(
                            model="support-bot", messages=[{"role": "user", "content": "Hi"}]
                        )
                    except APIStatusError as error:
                        failed.append(error.status_code)

        started = time.monotonic()
        threads = [threading.Thread(target=ask) for _ in range(callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - started
        gateway.shutdown()
    return len(failed), seconds


def main(callers: int, answer_seconds: float) -> None:
    for kind in ("before", "without jitter", "with jitter"):
        failed, seconds = measure(kind, callers, answer_seconds)
        print(f"{kind:15} {failed:4} of {callers * QUESTIONS} failed, {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 20, float(sys.argv[2]) if sys.argv[2:] else 0.3)
