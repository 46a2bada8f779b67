"""make setup && .venv/bin/python -m benchmarks.soak [minutes]: own time and growth of the API's function.

Instances of the function run as in Lambda, each with one request at a time, and a stub on 127.0.0.1 answers as Bedrock
does. First 50 callers send 1,000 requests as fast as they are answered; then 20 requests a second arrive for `minutes`
(5), every second one streamed. The function's own time is what passes between Lambda's call and the call of Bedrock,
plus that between Bedrock's last byte and the last byte of the response: the stub's time does not count. Memory and
sockets are read from /proc (Linux) after the instances are warm and at the end.
"""

import asyncio
import json
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.clients.bedrock_stub import frames_of
from tests.clients.http_server import Exchange, address_of, serve
from tests.clients.lambda_function import LambdaFunction, metadata_of, proxy_event
from tests.clients.servers import environment_of

CALLERS, REQUESTS, RATE_PER_SECOND, MINUTES = 50, 1_000, 20, 5
WARM_REQUESTS = 200
ANSWER_SECONDS, EVENT_SECONDS = 0.3, 0.02
WORDS = [{"text": "The parcel left Basel on Monday and arrives on Thursday. "} for _ in range(10)]
MODEL = "amazon.nova-micro-v1:0"
ALIASES = json.dumps({"bot": {"model": MODEL, "arn": MODEL, "order": ["base"]}})


class Bedrock:
    """`asked`, `answered`: request id -> when its call arrived here, and when its last byte was sent."""

    def __init__(self) -> None:
        self.asked: dict[str, float] = {}
        self.answered: dict[str, float] = {}
        usage = {"inputTokens": 900, "outputTokens": 120, "totalTokens": 1020}
        message = {"role": "assistant", "content": WORDS}
        self._answer = json.dumps(
            {"output": {"message": message}, "stopReason": "end_turn", "usage": usage, "metrics": {"latencyMs": 300}}
        ).encode()
        self._frames = frames_of(WORDS, "end_turn")

    async def handle(self, exchange: Exchange) -> None:
        arrived = time.perf_counter()
        body = await exchange.body()
        if "x-amz-target" in exchange.headers:
            await exchange.answer(200, b'{"Parameters": []}')
            return
        identifier = json.loads(body)["messages"][0]["content"][0]["text"].split()[0]
        self.asked[identifier] = arrived
        if exchange.path.endswith("converse"):
            await asyncio.sleep(ANSWER_SECONDS)
            self.answered[identifier] = time.perf_counter()
            await exchange.answer(200, self._answer)
            return
        await exchange.start(200, {"Content-Type": "application/vnd.amazon.eventstream"})
        for frame in self._frames:
            await asyncio.sleep(EVENT_SECONDS)
            self.answered[identifier] = time.perf_counter()
            await exchange.send(frame)
        await exchange.send(b"")


class Load:
    def __init__(self, function: LambdaFunction, bedrock: Bedrock) -> None:
        self._function, self._bedrock = function, bedrock
        self.own: dict[str, list[float]] = defaultdict(list)  # milliseconds
        self.failed = 0

    async def ask(self, phase: str, number: int) -> None:
        identifier, streamed = f"{phase}-{number}".replace(" ", "-"), number % 2 == 1
        content = f"{identifier} Where is my parcel? " * 40
        request = {"model": "bot", "stream": streamed, "messages": [{"role": "user", "content": content}]}
        event = {
            "requestId": identifier,
            **proxy_event("POST", "/v1/chat/completions", {}, json.dumps(request).encode()),
        }
        whole = b"".join([piece async for piece in self._function.invoke(event)])
        ended = time.perf_counter()
        status, _, body = metadata_of(whole)
        if status != 200 or (streamed and not body.endswith(b"data: [DONE]\n\n")):
            self.failed += 1
            return
        before = self._bedrock.asked.pop(identifier) - self._function.begun.pop(identifier)
        after = ended - self._bedrock.answered.pop(identifier)
        self.own[f"{phase}, {'streamed' if streamed else 'whole'}"].append((before + after) * 1000)

    async def callers(self, phase: str, requests: int) -> None:
        numbers = iter(range(requests))

        async def caller() -> None:
            for number in numbers:
                await self.ask(phase, number)

        await asyncio.gather(*(caller() for _ in range(CALLERS)))

    async def steady(self, phase: str, seconds: float) -> None:
        began, running = time.perf_counter(), set()
        for number in range(round(seconds * RATE_PER_SECOND)):
            await asyncio.sleep(max(0.0, began + number / RATE_PER_SECOND - time.perf_counter()))
            task = asyncio.create_task(self.ask(phase, number))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)


def footprint(function: LambdaFunction) -> tuple[float, int]:
    """Resident megabytes and open sockets of all instances."""
    kilobytes, sockets = 0, 0
    for process in function.instances:
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        kilobytes += int(status.split("VmRSS:")[1].split()[0])
        sockets += sum("socket:" in str(link.readlink()) for link in Path(f"/proc/{process.pid}/fd").iterdir())
    return kilobytes / 1024, sockets


async def main(minutes: float) -> None:
    bedrock = Bedrock()
    server = await serve(bedrock.handle)
    environment = environment_of(f"http://{address_of(server)}")
    with TemporaryDirectory() as folder:
        async with LambdaFunction(Path(folder), environment, ALIASES, instances=CALLERS) as function:
            load = Load(function, bedrock)
            await load.callers("warm", WARM_REQUESTS)
            warm = footprint(function)
            await load.callers(f"{CALLERS} callers", REQUESTS)
            await load.steady(f"{RATE_PER_SECOND} a second", minutes * 60)
            end = footprint(function)
    load.own = {name: values for name, values in load.own.items() if not name.startswith("warm")}
    print(f"{'own time, ms':28}{'requests':>10}{'p50':>8}{'p99':>8}{'most':>8}")
    for name, values in load.own.items():
        p99 = statistics.quantiles(values, n=100)[98]
        print(f"{name:28}{len(values):10}{statistics.median(values):8.1f}{p99:8.1f}{max(values):8.1f}")
    print(f"failed: {load.failed}")
    print(
        f"{CALLERS} instances: {warm[0]:.1f} MB before, {end[0]:.1f} MB after; {warm[1]} sockets before, {end[1]} after"
    )


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES))
