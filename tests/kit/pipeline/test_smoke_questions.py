"""Smoke questions of one's own: which are refused, and which answers are wrong."""

import json
from pathlib import Path

import pytest

from deployment.config import DeploymentConfig
from kit.__main__ import main
from kit.pipeline import smoke
from kit.pipeline.smoke_questions import SmokeQuestion, read_questions
from kit_contract.errors import InputError
from tests.docs.pages import blocks

CONFIG = DeploymentConfig.model_validate(
    {
        "deployment": {"name": "shop", "region": "us-east-1"},
        "knowledge_bases": {"manuals": {"existing": "KB12345678", "model": "amazon.nova-micro-v1:0"}},
        "inference_api": {"aliases": {"support-bot": {"model": "amazon.nova-micro-v1:0"}}},
    }
)
TOML = """
[deployment]
name = "shop"
region = "us-east-1"
[inference_api.aliases.bot]
model = "amazon.nova-micro-v1:0"
"""


def read(folder: Path, *lines: object) -> list[SmokeQuestion]:
    file = folder / "questions.jsonl"
    file.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return read_questions(file, CONFIG)


def test_a_question_goes_to_its_alias_or_its_knowledge_base(tmp_path: Path) -> None:
    chat, search = read(
        tmp_path, {"model": "support-bot", "question": "Which?"}, "", {"knowledge_base": "manuals", "question": "Why?"}
    )

    assert (chat.route, chat.body["model"], chat.body["messages"][0]["content"]) == (
        "/chat/completions",
        "support-bot",
        "Which?",
    )
    assert (search.route, dict(search.body)) == ("/retrieve", {"query": "Why?", "knowledge_base": "manuals"})


def test_an_answer_has_all_that_is_expected_whatever_its_case(tmp_path: Path) -> None:
    (question,) = read(tmp_path, {"model": "support-bot", "question": "?", "expect": ["halden", 'the "blue" Größe']})

    assert question.missing({"text": 'HALDEN, THE "BLUE" GRÖSSE'}) == []
    assert question.missing({"text": "Halden"}) == ['the "blue" Größe']


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "not JSON"),
        ({"model": "support-bot", "question": "?", "answer": "x"}, "must be an object with"),
        ({"model": "support-bot", "question": " "}, "question must be a text"),
        ({"model": "support-bot", "question": "?", "expect": "x"}, "expect must be a list of texts"),
        ({"question": "?"}, "name either model or knowledge_base"),
        ({"model": "other", "question": "?"}, "model must be one of support-bot, got 'other'"),
        ({"knowledge_base": "other", "question": "?"}, "knowledge_base must be one of manuals, got 'other'"),
    ],
)
def test_a_fault_names_its_line(tmp_path: Path, line: object, fault: str) -> None:
    with pytest.raises(InputError, match="line 2: ") as refused:
        read(tmp_path, {"model": "agent:support", "question": "Who?"}, line)

    assert fault in str(refused.value)


def test_a_wrong_answer_is_exit_code_1_and_says_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config, file = tmp_path / "deployment.toml", tmp_path / "questions.jsonl"
    config.write_text(TOML, encoding="utf-8")
    file.write_text('{"model": "bot", "question": "Which?", "expect": ["Halden"]}\n', encoding="utf-8")
    texts = iter(["Use vinegar.", "Halden Descaler."])

    class Api:
        def post(self, path: str, body: dict[str, object]) -> dict[str, object]:
            return {"choices": [{"message": {"content": next(texts)}}]}

    monkeypatch.setattr(smoke, "require_real", lambda environ: None)
    monkeypatch.setattr(smoke, "Account", lambda profile, region: None)
    monkeypatch.setattr(smoke, "connect", lambda config, account: Api())
    command = ["pipeline", "smoke", "--config", str(config), "--questions", str(file)]

    assert [main(command), main(command)] == [1, 0]
    said = capsys.readouterr().out
    assert "WRONG      bot: Which?: without ['Halden']: 'Use vinegar.'" in said
    assert "answered   bot: Which?: 'Halden Descaler.'" in said


def test_the_questions_of_the_documentation_are_read(tmp_path: Path) -> None:
    (block,) = [block.text for block in blocks() if block.page == "docs/pipelines.md" and '"expect"' in block.text]

    chat, search = read(tmp_path, *block.splitlines())
    assert (list(chat.expect), list(search.expect)) == (["Halden"], ["three months"])


def test_a_file_without_questions_would_ask_nothing_and_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no question"):
        read(tmp_path, "")
