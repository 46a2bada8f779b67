"""The checks of snippets fail when a snippet is wrong: one planted error for each kind."""

from pathlib import Path

import pytest

from tests.docs.commands import check
from tests.docs.pages import Block, blocks_of, commands_in_prose
from tests.docs.shell import commands

PLANTED = {
    "make deplyo": "No rule to make target",
    "make deploy ARG=--remove-absent": "the Makefile uses no ARG",
    "make deploy ARGS=--remove-all": "unrecognized arguments: --remove-all",
    ".venv/bin/python -m kit model": "invalid choice: 'model'",
    ".venv/bin/python -m kit data check a.jsonl": "required: --model",
    ".venv/bin/python -m kit capacity buy support --hours": "expected one argument",
    ".venv/bin/python -m kit local start": "invalid choice: 'start'",
    ".venv/bin/python -m kit cost --jsn": "unrecognized arguments: --jsn",
    ".venv/bin/python -m examples.demo": "no module examples.demo",
    ".venv/bin/python -m pytest tests/custom_resource": "there is no tests/custom_resource",
    '.venv/bin/python -m pytest tests/custom_resources -k "fault or fault_31"': "has fault_31 in its name",
    ".venv/bin/node node_modules/aws-cdk/bin/cdk destory --all": "no command 'destory'",
    ".venv/bin/node node_modules/aws-cdk/bin/cdk destroy --everything": "has no --everything",
    ".venv/bin/uv pip install datafog": "packages of requirements-optional.in",
    "python3 -c 'print('": "was never closed",
    "aws bedrok list-custom-models": "no service 'bedrok'",
    "aws bedrock list-models": "no command 'list-models'",
    "aws bedrock list-custom-models --names x": "knows no --names x",
    "aws bedrock list-custom-models --output tables": "invalid choice: 'tables'",
    "aws bedrock delete-custom-model": "needs modelIdentifier",
    "aws bedrock list-foundation-models --by-customization-type TUNING": "is one of FINE_TUNING",
    "aws bedrock list-custom-models --query 'modelSummaries[].name'": "has no name",
    "aws pricing get-products --service-code X --filters Kind=TERM_MATCH": "got Kind=",
    "aws pricing get-products --service-code X --filters Type=TERM_MATCH,Field=f": "needs Value",
    "aws s3 cp a.pdf b.pdf": "with s3:// places",
    'curl "$API_URL//v1/models" -H "Authorization: Bearer $KEY"': "the address is $API_URL/v1/",
    'curl "$API_URL/v1/v1/models" -H "Authorization: Bearer $KEY"': "the address is $API_URL/v1/",
    'curl "$API_URL/chat/completions" -H "Authorization: Bearer $KEY"': "the address is $API_URL/v1/",
    'curl "$API_URL/v1/models"': "sends the header",
    "curl $URL/v1/models": "URL: unbound variable",
    "kit reap": "kit: command not found",
    "aws s3 rm 's3://a": "unexpected EOF",
}


@pytest.mark.parametrize("snippet", PLANTED)
def test_a_wrong_command_is_refused(snippet: str, tmp_path: Path) -> None:
    def checked() -> None:
        for command in commands([Block("page.md", 7, "sh", f"{snippet}\n", "")], tmp_path):
            check(command)

    with pytest.raises(ValueError, match="page") as refused:
        checked()
    assert PLANTED[snippet] in str(refused.value)


@pytest.mark.parametrize(
    ("mention", "reason"),
    [
        ("kit data convert --metod distillation", "has no --metod"),
        ("kit data konvert", "invalid choice"),
        ("aws stepfunctions halt-execution", "no command"),
        ("aws bedrock delete-custom-model --model NAME", "knows no --model NAME"),
    ],
)
def test_a_wrong_command_in_the_prose_is_refused(mention: str, reason: str, tmp_path: Path) -> None:
    snippets = commands_in_prose("page.md", f"Text, then `{mention}`.\n")
    (command,) = commands(snippets, tmp_path, prose=True)

    with pytest.raises(ValueError, match=f"page.md:1: .*{reason}"):
        check(command, mention=True)


def test_blocks_have_their_place_and_what_is_above() -> None:
    page = "# Head\n\nSay:\n```toml\n[a]\n\n```\n- item\n  more\n\n    make up   # go\n    make down\n\nEnd\n"

    toml, indented = blocks_of("page.md", page)

    assert (toml.line, toml.language, toml.text, toml.before) == (4, "toml", "[a]\n\n", "Say:")
    assert (indented.line, indented.language, indented.text) == (11, "sh", "make up   # go\nmake down\n")
    with pytest.raises(ValueError, match="line 1 has no end"):
        list(blocks_of("page.md", "```sh\nmake\n"))


def test_commands_of_a_function_a_substitution_and_a_continuation_are_recorded(tmp_path: Path) -> None:
    text = 'out() {\n  aws x \\\n    "$1 y"\n}\nA=$(out one); A=${A%/}\nmake up  # comment\nollama serve & ollama ps\n'

    found = commands([Block("page.md", 1, "sh", text, "")], tmp_path)

    assert [command.words for command in found[:2]] == [("aws", "x", "one y"), ("make", "up")]
    assert {command.words for command in found[2:]} == {("ollama", "serve"), ("ollama", "ps")}
