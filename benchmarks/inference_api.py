"""make setup && .venv/bin/python -m benchmarks.inference_api [rounds]: the API's function against others with boto3.

A stub on 127.0.0.1 answers over TLS as Bedrock does. `cold` is a fresh process: import, client, first answered request,
without the start of the interpreter. `warm` is processor time for each further request, `chunk` for each event of a
stream. Each style runs once a round, one after the other; ratios are medians of the rounds. The baseline of a streamed
chunk is the bare iteration of boto3's stream. All have bytecode, except those `as shipped`: a zip has none, and Lambda
can't write any. Powertools and FastAPI are measured where this has installed them:

    .venv/bin/uv pip install --target .local/benchmark aws-lambda-powertools fastapi mangum
"""

import io
import json
import os
import shutil
import ssl
import statistics
import struct
import subprocess
import sys
import textwrap
import threading
import zipfile
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zlib import crc32

import botocore
import trustme

from bedrock_constructs.lambda_functions.amazon_roots import amazon_roots
from bedrock_constructs.lambda_functions.code_zip import zip_bytes, zip_files
from benchmarks.api_styles import AUTHORIZER, BOTO3, FASTAPI, MEASURE, OURS, POWERTOOLS

PROJECT = Path(__file__).resolve().parent.parent
ALIASES = PROJECT / ".local" / "benchmark-aliases.json"
KNOWLEDGE_BASES = PROJECT / ".local" / "benchmark-knowledge-bases.json"
CODE = PROJECT / ".local" / "benchmark-code"
OTHERS = PROJECT / ".local" / "benchmark"
ROOTS, BUNDLE = PROJECT / ".local" / "benchmark-roots.pem", PROJECT / ".local" / "benchmark-bundle.pem"
KEY = "k" * 40
WARM_REQUESTS = 300
MEASURED = ("cold ms", "cold CPU ms", "warm CPU us", "stream CPU us/chunk", "peak MB")
CHUNKS = 20_000
COLD = 2  # of what is measured, the first
ANSWER = {
    "output": {"message": {"role": "assistant", "content": [{"text": "The parcel arrives on Thursday. " * 20}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 900, "outputTokens": 120, "totalTokens": 1020},
    "metrics": {"latencyMs": 400},
}
MESSAGES = [{"role": "user", "content": "Where is my parcel? " * 40}]


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
    wbufsize = -1
    disable_nagle_algorithm = True
    streamed = b""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("converse-stream"):
            self.send_response(200)
            self.send_header("Content-Type", "application/vnd.amazon.eventstream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(self.streamed)
        elif self.headers.get("x-amz-target", "").startswith("secretsmanager"):
            found = b"AWSCURRENT" in body
            value = {"SecretString": KEY} if found else {"__type": "ResourceNotFoundException"}
            self._answer("application/x-amz-json-1.1", json.dumps(value).encode(), status=200 if found else 400)
        elif "x-amz-target" in self.headers:
            self._answer("application/x-amz-json-1.1", b'{"Parameters": [], "InvalidParameters": []}')
        else:
            self._answer("application/json", json.dumps(ANSWER).encode())

    def _answer(self, kind: str, content: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


def measured(style: str, url: str, messages: object = MESSAGES, *, bytecode: bool = True) -> list[float]:
    program = MEASURE.format(style=textwrap.dedent(style), warm=WARM_REQUESTS, chunks=CHUNKS)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    environment |= {
        "CODE": str(_code(bytecode=bytecode)),
        **({} if bytecode else {"PYTHONDONTWRITEBYTECODE": "1"}),
        "OTHERS": str(OTHERS),
        "ROOTS": str(ROOTS),
        "KEY": KEY,
        "API_KEYS_SECRET_ARN": "secret",
        "AWS_CA_BUNDLE": str(BUNDLE),
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
        "KNOWLEDGE_BASES_FILE": str(KNOWLEDGE_BASES),
    }
    body = json.dumps({"model": "bot", "messages": messages})
    run = subprocess.run(
        [sys.executable, "-c", program], env=environment, input=body, text=True, capture_output=True, check=True
    )
    values: list[float] = json.loads(run.stdout)
    return values


@cache
def _code(*, bytecode: bool) -> Path:
    """The code of the API and of its authorizer as Lambda gets it, in a folder that gets bytecode or stays without."""
    folder = CODE / ("compiled" if bytecode else "shipped")
    shutil.rmtree(folder, ignore_errors=True)
    for handler in ("inference_api.handler", "inference_api.authorizer"):
        with zipfile.ZipFile(io.BytesIO(zip_bytes(zip_files(handler)))) as archive:
            archive.extractall(folder)
    return folder


def aliases() -> str:
    model = "amazon.nova-micro-v1:0"
    return json.dumps({"bot": {"model": model, "arn": model, "order": ["base"]}})


def stub() -> ThreadingHTTPServer:
    """Bedrock over TLS. Its authority joins those of the zip, and those of botocore for the others."""
    authority = trustme.CA()
    own = authority.cert_pem.bytes().decode()
    ROOTS.write_text(amazon_roots() + own, encoding="utf-8")
    everyone = (Path(botocore.__file__).parent / "cacert.pem").read_text(encoding="utf-8")
    BUNDLE.write_text(everyone + own, encoding="utf-8")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bedrock)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    ALIASES.write_text(aliases(), encoding="utf-8")
    KNOWLEDGE_BASES.write_text("{}", encoding="utf-8")
    Bedrock.streamed = stream_bytes()
    server = stub()
    url = f"https://localhost:{server.server_port}"
    styles = {"boto3": BOTO3, "API": OURS, "authorizer": AUTHORIZER}
    styles |= {"Powertools": POWERTOOLS, "FastAPI": FASTAPI} if OTHERS.exists() else {}
    for style in styles.values():
        measured(style, url)  # compiles the modules
    results = [_round(styles, url) for _ in range(rounds)]
    server.shutdown()
    print(f"medians of {rounds} rounds (and the ratio to boto3)")
    print(f"{'':22}" + "".join(f"{name:>22}" for name in MEASURED))
    for name in results[0]:
        cells = [_cell(name, index, results) for index in range(len(MEASURED))]
        print(f"{name:22}" + "".join(f"{cell:>22}" for cell in cells))


def _round(styles: dict[str, str], url: str) -> dict[str, list[float]]:
    found = {name: measured(style, url) for name, style in styles.items()}
    for name in ("API", "authorizer"):
        found[f"{name}, as shipped"] = measured(styles[name], url, bytecode=False)[:COLD]
    found["authorizer"] = found["authorizer"][:COLD]
    for name in ("", ", as shipped"):
        pair = zip(found[f"API{name}"], found[f"authorizer{name}"], strict=False)
        found[f"both{name}"] = [first + second for first, second in pair]
    return found


def _cell(name: str, index: int, results: list[dict[str, list[float]]]) -> str:
    if index >= min(len(result[name]) for result in results):
        return ""
    value = statistics.median(result[name][index] for result in results)
    ratio = statistics.median(result[name][index] / result["boto3"][index] for result in results)
    return f"{value:.1f} ({ratio:.2f})"


if __name__ == "__main__":
    main()
