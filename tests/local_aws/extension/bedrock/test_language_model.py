"""KIT_LLM_URL: a server with the OpenAI chat API answers for models, custom models and knowledge bases."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest

from kit_contract.places import PROJECT
from local_aws import emulator
from tests.local_aws.extension.agents.shop import made
from tests.local_aws.extension.bedrock.test_serving import ask, deployment
from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import Clients, make_role, settled
from tests.local_aws.stacks import outputs_of
from tests.local_aws.training_jobs import BUCKET, data, finished, request

PARSER = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"
UNKNOWN = "amazon.nova-lite-v1:0"


class Llm(ThreadingHTTPServer):
    """Answers with the model's name, or calls its first tool, once; remembers what it was asked; knows no UNKNOWN."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Llm

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body))
        status = 404 if body["model"] == UNKNOWN else 200
        message: dict[str, Any] = {"role": "assistant", "content": f"{body['model']} says hello"}
        if (
            "tools" in body
            and "order" in str(body["messages"][-1]["content"])
            and body["messages"][-1]["role"] == "user"
        ):
            function = {"name": body["tools"][0]["function"]["name"], "arguments": '{"order_id": "4711"}'}
            message = {"role": "assistant", "content": None, "tool_calls": [{"id": "call_1", "function": function}]}
        usage = {"prompt_tokens": 11, "completion_tokens": 3}
        answer = json.dumps({"choices": [{"message": message}], "usage": usage}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Nothing on the test's output."""


@pytest.fixture(scope="module")
def llm() -> Iterator[Llm]:
    with Llm() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@contextmanager
def running(state: Path, url: str, model: str | None = None) -> Iterator[Clients]:
    aws = emulator.start(state, time_scale=0.1, llm_url=url, llm_model=model)
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=aws.region)
    try:
        yield lambda service: session.client(service, endpoint_url=aws.endpoint_url)
    finally:
        emulator.stop(state)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("aws")


@pytest.fixture(scope="module")
def clients(state: Path, llm: Llm) -> Iterator[Clients]:
    with running(state, llm.url) as made:
        yield made


def test_a_custom_model_is_asked_for_by_the_name_of_its_base_model(clients: Clients, llm: Llm) -> None:
    clients("s3").create_bucket(Bucket=BUCKET)
    clients("s3").put_object(Bucket=BUCKET, Key="data/good.jsonl", Body=data())
    make_role(clients, "trainer", ["s3:*"], f"arn:aws:s3:::{BUCKET}/*")
    bedrock = clients("bedrock")
    job = finished(bedrock, bedrock.create_model_customization_job(**request("asked"))["jobArn"])
    arn = bedrock.create_custom_model_deployment(modelDeploymentName="bot", modelArn=job["outputModelArn"])
    arn = arn["customModelDeploymentArn"]
    settled(lambda: deployment(clients, arn), lambda found: found["status"] == "Active")

    assert ask(clients, arn, "Is it hot?") == "amazon.nova-micro-v1:0 says hello"

    path, body = llm.asked[-1]
    assert path == "/v1/chat/completions"
    assert body["messages"] == [{"role": "user", "content": "Is it hot?"}]


def test_usage_is_the_servers(clients: Clients) -> None:
    messages = [{"role": "user", "content": [{"text": "Hello"}]}]

    answer = clients("bedrock-runtime").converse(modelId="amazon.nova-micro-v1:0", messages=messages)

    assert (answer["usage"]["inputTokens"], answer["usage"]["outputTokens"]) == (11, 3)


def test_a_knowledge_base_is_asked_with_passages_and_cites_them(clients: Clients, llm: Llm) -> None:
    base = KnowledgeBase(clients, "facts-bucket", make_role(clients, "knowledge", ["s3:GetObject"], "arn:aws:s3:::*/*"))
    base.put("grinder.md", b"# Grinder\nThe grinder has eleven steps.")
    assert base.ingest()["status"] == "COMPLETE"

    found = clients("bedrock-agent-runtime").retrieve_and_generate(**base.request("How many steps has the grinder?"))

    assert found["output"]["text"] == "amazon.nova-micro-v1:0 says hello"
    sources = [
        ref["location"]["s3Location"]["uri"] for item in found["citations"] for ref in item["retrievedReferences"]
    ]
    assert sources == ["s3://facts-bucket/grinder.md"]
    system, user = llm.asked[-1][1]["messages"]
    assert "eleven steps" in system["content"]
    assert user == {"role": "user", "content": "How many steps has the grinder?"}


def test_an_agents_model_uses_its_tools_and_is_told_what_the_memory_knows(clients: Clients, llm: Llm) -> None:
    arn = outputs_of(made(clients, "Shop"))["Remembering"]

    def asked(text: str, session: str) -> list[Any]:
        messages = [{"role": "user", "content": [{"text": text}]}]
        answer = clients("bedrock-agentcore").invoke_harness(
            harnessArn=arn, runtimeSessionId=session * 33, actorId="ada", messages=messages
        )
        return list(answer["stream"])

    events = asked("My name is Ada. Where is my order?", "a")

    assert [one["messageStop"]["stopReason"] for one in events if "messageStop" in one] == [
        *("tool_use", "tool_result", "end_turn")
    ]
    *_, call, result = llm.asked[-1][1]["messages"]
    assert call["tool_calls"][0]["function"]["name"] == "order-status___call"
    assert json.loads(result["content"])["status"] == "shipped"
    asked("What is my name?", "b")
    system = llm.asked[-1][1]["messages"][0]["content"]
    assert system.startswith("Be brief.")
    assert "- My name is Ada." in system


@pytest.mark.parametrize("allowed", [True, False])
def test_a_model_parses_pdf_files_if_the_role_may_invoke_it(clients: Clients, llm: Llm, allowed: bool) -> None:
    actions = ["s3:GetObject", *(["bedrock:InvokeModel"] if allowed else [])]
    prompt = {"parsingPromptText": "Write tables as Markdown."}
    parsing = {
        "parsingStrategy": "BEDROCK_FOUNDATION_MODEL",
        "bedrockFoundationModelConfiguration": {"modelArn": PARSER, "parsingPrompt": prompt},
    }
    name = f"parsed-{allowed}".lower()
    role = make_role(clients, name, actions, "*")
    base = KnowledgeBase(clients, name, role, ingestion={"parsingConfiguration": parsing})
    base.put("a.pdf", (PROJECT / "examples/support/documents/energy-saving.pdf").read_bytes())
    base.put("b.md", b"# Read as it is")

    assert base.ingest()["statistics"]["numberOfNewDocumentsIndexed"] == 2

    texts = " ".join(passage["content"]["text"] for passage in base.retrieve("standby"))
    assert ("amazon.nova-pro-v1:0 says hello" in texts, "0.4 watts" in texts) == (allowed, not allowed)
    assert "Read as it is" in texts
    if allowed:
        asked = llm.asked[-1][1]["messages"][-1]["content"]
        assert asked.startswith("Write tables as Markdown.")
        assert "0.4 watts" in asked


def test_a_model_that_the_server_does_not_know_is_mocked_and_logged(clients: Clients, state: Path) -> None:
    assert ask(clients, UNKNOWN).startswith(f"[mock answer by {UNKNOWN}]")

    log = (state / "emulator.log").read_text(encoding="utf-8")
    assert f"gave no answer as model {UNKNOWN}" in log


def test_kit_llm_model_names_every_model_and_the_url_may_end_with_v1(tmp_path: Path, llm: Llm) -> None:
    with running(tmp_path, f"{llm.url}/v1/", model="llama3.2") as clients:
        assert ask(clients, UNKNOWN) == "llama3.2 says hello"

    assert llm.asked[-1][0] == "/v1/chat/completions"
