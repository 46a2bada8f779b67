"""The snippets that need a deployment run on the one of test_make_up.py, as the pages show them."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deployment.config import load_deployment_config
from kit import embedded_outputs
from kit.__main__ import main
from kit.local.summary import print_summary
from tests.docs.pages import Block, blocks
from tests.docs.shell import commands
from tests.docs.snippets import places, snippet
from tests.docs.terminal import Terminal
from tests.end_to_end.deployed import CONFIG, PROJECT, Deployed

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def terminal(deployed: Deployed, tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, deployed.aws, deployed.file)


def api_variables() -> str:
    """What a reader runs before every curl."""
    return snippet("docs/inference-api.md", ".local/outputs.json")


def curls() -> list[Block]:
    asked = [block for block in blocks() if re.search(r"^curl (?!-N)", block.text)]
    return [block for block in asked if "not run: curl " not in places(block)]


@pytest.mark.parametrize("block", curls(), ids=str)
def test_curl_reaches_the_api(terminal: Terminal, block: Block) -> None:
    printed = terminal.run(api_variables() + block.text)

    answers = [json.loads(line) for line in printed.splitlines()]
    assert len(answers) == block.text.count("curl ")
    assert all(answer.keys() & {"choices", "data", "answer"} for answer in answers)


@pytest.mark.parametrize("block", [block for block in blocks() if re.search(r"^curl -N ", block.text)], ids=str)
def test_curl_gets_a_stream(terminal: Terminal, block: Block) -> None:
    *events, end = terminal.run(api_variables() + block.text).strip().split("\n\n")

    if "/v1/retrieve-and-generate" in block.text:
        assert (events[0].split("\n")[0], end.split("\n")[0]) == ("event: start", "event: end")
        return
    assert end == "data: [DONE]"
    assert all(json.loads(event.removeprefix("data: "))["choices"] for event in events)


def test_the_python_client_gets_an_answer(terminal: Terminal) -> None:
    printed = terminal.run(api_variables() + 'echo "$API_URL" "$KEY"')
    api_url, key = printed.split()
    names: dict[str, Any] = {"api_url": api_url, "key": key}
    code = snippet("docs/inference-api.md", "client.chat").replace("client.chat", "answer = client.chat")

    for part in (code, snippet("docs/inference-api.md", "client.responses")):
        exec(compile(part, "docs/inference-api.md", "exec"), names)

    assert names["answer"].choices[0].message.content
    assert names["response"].output_text
    assert not api_url.endswith("/")


@pytest.mark.parametrize("start", ["UNSIGNED", "sign_for_api_gateway", "from anthropic"])
def test_other_clients_get_an_answer_over_http(
    terminal: Terminal, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):  # of the account's root, for the signature
        monkeypatch.setenv(f"AWS_{name}", "test")
    for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    api_url, key = terminal.run(api_variables() + 'echo "$API_URL" "$KEY"').split()
    code = snippet("docs/inference-api.md", start)

    exec(compile(code, "docs/inference-api.md", "exec"), {"api_url": api_url, "key": key})

    assert capsys.readouterr().out.strip()


def test_what_make_up_prints_can_be_copied(
    deployed: Deployed, terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    print_summary(load_deployment_config(CONFIG), CONFIG, deployed.outputs, [])
    printed = capsys.readouterr().out
    shell, _, python = printed[printed.index("curl ") : printed.index("\nnext:")].partition("\n\n")

    assert terminal.run(shell).rstrip().endswith("data: [DONE]")
    exec(compile(python, "make up", "exec"), {})


def test_the_stack_outputs_give_the_url_and_the_key(deployed: Deployed, terminal: Terminal) -> None:
    text = snippet("docs/inference-api.md", "stack_output()") + 'echo "$API_URL" "$KEY"'

    api_url, key = terminal.run(text, {"support-assistant": "end-to-end"}).split()

    assert re.fullmatch(r"https://[^/]+/\w+", api_url)  # the host exists on AWS only
    assert key == deployed.outputs["api_key"]


def test_the_aws_commands_of_the_training_page(deployed: Deployed, terminal: Terminal) -> None:
    """The uploaded data is that of the last run, so nothing is trained."""
    bucket, s3 = deployed.outputs["training_bucket"], deployed.client("s3")
    key = s3.list_objects_v2(Bucket=bucket, Prefix="data/support/")["Contents"][0]["Key"]
    s3.download_file(bucket, key, str(terminal.folder / "records.jsonl"))
    functions = deployed.client("lambda").list_functions()["Functions"]
    (starter,) = [f for f in functions if f.get("Description") == "Starts a training run when its content is new"]

    terminal.run(snippet("docs/training.md", "aws s3 cp"), {"BUCKET": bucket})
    started = terminal.run(
        snippet("docs/training.md", "aws lambda"),
        {"STARTER": starter["FunctionName"], "data/support/KEY.jsonl": key},
    )

    assert "support" in started
    assert len(deployed.client("bedrock").list_model_customization_jobs()["modelCustomizationJobSummaries"]) == 1


def test_the_aws_commands_of_the_knowledge_base_page(deployed: Deployed, terminal: Terminal) -> None:
    bucket, s3 = deployed.outputs["documents_bucket"], deployed.client("s3")
    s3.put_object(Bucket=bucket, Key="documents/old.md", Body=b"# Old")
    shutil.copy(next((PROJECT / "examples" / "support" / "documents").glob("*.pdf")), terminal.folder / "manual.pdf")

    terminal.run(snippet("docs/knowledge-bases.md", "aws s3 cp"), {"BUCKET": bucket})
    report = terminal.run(snippet("docs/knowledge-bases.md", "aws ssm"), {"DEPLOYMENT": "end-to-end"})

    keys = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert ("documents/manual.pdf" in keys, "documents/old.md" in keys) == (True, False)
    assert json.loads(report)["status"] == "COMPLETE"


def test_custom_models_are_listed_as_the_costs_page_does(terminal: Terminal) -> None:
    text = snippet("docs/costs.md", "aws bedrock list-custom-models").splitlines()[0]

    ((name, _),) = json.loads(terminal.run(text))

    assert name.startswith("end-to-end-support-")


LOCAL: Mapping[str, tuple[str, ...]] = {
    "capacity": ("--local", "--config", str(CONFIG)),
    "knowledge": ("--local", "--config", str(CONFIG)),
    "reap": ("--local",),
    "runs": ("--local",),
}


@pytest.mark.parametrize(
    ("page", "start", "shown"),
    [
        ("docs/provisioned-throughput.md", "kit capacity buy", "end-to-end-reserve"),
        ("docs/knowledge-bases.md", "kit knowledge sync", "COMPLETE: "),
        ("docs/knowledge-bases.md", "kit knowledge status", " INDEXED"),
        ("docs/knowledge-bases.md", "kit knowledge ask", "descaling.md"),
        ("docs/reap.md", "kit reap", "Billed by the hour: "),
        ("docs/runs.md", "kit runs list", "serves support-bot"),
    ],
)
def test_the_kit_commands_of_a_page(
    deployed: Deployed,
    page: str,
    start: str,
    shown: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With --local, and --yes where they would ask. The throughput of this deployment is called reserve."""
    monkeypatch.setattr(embedded_outputs, "OUTPUTS", deployed.file)
    (block,) = [block for block in blocks() if block.page == page and start in block.text and block.language == "sh"]
    for command in commands([block], tmp_path):
        words = list(command.words[3:])
        if words[0] == "capacity":
            words = ["reserve" if word == "support" else word for word in words]
        asks = ["--yes"] if {"buy", "--delete-orphans"} & set(words) else []
        assert main([*words, *asks, *LOCAL[words[0]]]) == 0, words
    printed = capsys.readouterr()
    assert shown in printed.out + printed.err
