"""make setup && .venv/bin/python -m benchmarks.inference_api [rounds]: the API's function against boto3.

A stub on 127.0.0.1 answers as Bedrock does. `cold` is a fresh process: import, client, first answered request, without
the start of the interpreter. `warm` is processor time for each further request, `chunk` for each event of a stream.
Each style runs once a round, one after the other; ratios are medians of the rounds. The baseline of a streamed chunk is
the bare iteration of boto3's stream.
"""

import json
import os
import statistics
import struct
import subprocess
import sys
import textwrap
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zlib import crc32

PROJECT = Path(__file__).resolve().parent.parent
ALIASES = PROJECT / ".local" / "benchmark-aliases.json"
WARM_REQUESTS = 300
CHUNKS = 20_000
ANSWER = {
    "output": {"message": {"role": "assistant", "content": [{"text": "The parcel arrives on Thursday. " * 20}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 900, "outputTokens": 120, "totalTokens": 1020},
    "metrics": {"latencyMs": 400},
}
MESSAGES = [{"role": "user", "content": "Where is my parcel? " * 40}]

BOTO3 = """
import json, os, boto3
client = boto3.client("bedrock-runtime")

def handler(event):
    body = json.loads(event["body"])
    messages = [{"role": m["role"], "content": [{"text": m["content"]}]} for m in body["messages"]]
    answer = client.converse(modelId="amazon.nova-micro-v1:0", messages=messages)
    return json.dumps({"choices": [{"message": {"content": answer["output"]["message"]["content"][0]["text"]}}]})

def stream(event):
    body = json.loads(event["body"])
    messages = [{"role": m["role"], "content": [{"text": m["content"]}]} for m in body["messages"]]
    for _ in client.converse_stream(modelId="amazon.nova-micro-v1:0", messages=messages)["stream"]:
        pass
"""
OURS = """
import sys
sys.path[:0] = [os.environ["KIT"] + "/lambda", os.environ["KIT"]]
sys.stderr = open(os.devnull, "w")
from inference_api import handler as module
module.ALIASES_PATH = os.environ["ALIASES"]
from inference_api.runtime import Invocation

def handler(event):
    return b"".join(module.handler(event, Invocation(event, "r", 0)).body)

def stream(event):
    for _ in module.handler(event, Invocation(event, "r", 0)).body:
        pass
"""
MEASURE = """
import json, os, resource, sys, time
began = time.perf_counter()
{style}
event = {{"httpMethod": "POST", "path": "/v1/chat/completions", "headers": {{}}, "body": sys.stdin.read()}}
handler(event)
cold = time.perf_counter() - began

def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime

before = cpu()
for _ in range({warm}):
    handler(event)
warm = (cpu() - before) / {warm}
event["body"] = json.dumps(json.loads(event["body"]) | {{"stream": True}})
before = cpu()
stream(event)
chunk = (cpu() - before) / {chunks}
print(json.dumps([cold * 1e3, warm * 1e6, chunk * 1e6, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def frame(kind: str, value: object) -> bytes:
    headers = b""
    names = {":message-type": "event", ":event-type": kind, ":content-type": "application/json"}
    for name, text in names.items():
        headers += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack("!H", len(text)) + text.encode()
    payload = json.dumps(value).encode()
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    content = prelude + struct.pack("!I", crc32(prelude)) + headers + payload
    return content + struct.pack("!I", crc32(content))


def stream_bytes() -> bytes:
    """A chunked body: each event is a chunk, as it is where events come one by one."""
    delta = frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": " parcel"}})
    start, stop = frame("messageStart", {"role": "assistant"}), frame("messageStop", {"stopReason": "end_turn"})
    end = frame("metadata", {"usage": ANSWER["usage"], "metrics": {"latencyMs": 1}})
    start, delta, stop, end = (b"%x\r\n%b\r\n" % (len(part), part) for part in (start, delta, stop, end))
    return start + delta * CHUNKS + stop + end + b"0\r\n\r\n"


class Bedrock(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # a response in one packet: otherwise Nagle's algorithm delays it
    streamed = b""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("converse-stream"):
            self.send_response(200)
            self.send_header("Content-Type", "application/vnd.amazon.eventstream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(self.streamed)
        elif "x-amz-target" in self.headers:
            self._answer("application/x-amz-json-1.1", b'{"Parameters": [], "InvalidParameters": []}')
        else:
            self._answer("application/json", json.dumps(ANSWER).encode())

    def _answer(self, kind: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


def measured(style: str, url: str) -> list[float]:
    program = MEASURE.format(style=textwrap.dedent(style), warm=WARM_REQUESTS, chunks=CHUNKS)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    environment |= {
        "KIT": str(PROJECT),
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "NO_PROXY": "127.0.0.1",
        "KIT_DEPLOYMENT": "benchmark",
        "KNOWLEDGE_BASES": "{}",
        "ACCOUNT_ID": "111122223333",
        "ALIASES": str(ALIASES),
    }
    body = json.dumps({"model": "bot", "messages": MESSAGES})
    run = subprocess.run(
        [sys.executable, "-c", program], env=environment, input=body, text=True, capture_output=True, check=True
    )
    values: list[float] = json.loads(run.stdout)
    return values


def aliases() -> str:
    model = "amazon.nova-micro-v1:0"
    return json.dumps({"bot": {"model": model, "arn": model, "order": ["base"]}})


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    ALIASES.write_text(aliases(), encoding="utf-8")
    Bedrock.streamed = stream_bytes()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bedrock)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    measured(OURS, url), measured(BOTO3, url)  # compiles the modules
    pairs = [(measured(OURS, url), measured(BOTO3, url)) for _ in range(rounds)]
    server.shutdown()
    print(f"{'':22}{'API':>10}{'boto3':>10}{'ratio':>8}   medians of {rounds} rounds")
    for index, name in enumerate(("cold ms", "warm CPU us/request", "stream CPU us/chunk", "peak MB")):
        ours = statistics.median(pair[0][index] for pair in pairs)
        theirs = statistics.median(pair[1][index] for pair in pairs)
        ratio = statistics.median(pair[0][index] / pair[1][index] for pair in pairs)
        print(f"{name:22}{ours:10.1f}{theirs:10.1f}{ratio:8.2f}")


if __name__ == "__main__":
    main()
