"""Commands that messages name have the options of the command that says them."""

import ast
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

import kit
import kit.agents.command as agents
import kit.knowledge.command as knowledge
import kit.prompts.command as prompts
import kit.runs.command as runs
from kit.__main__ import COMMANDS, command_line
from kit.hint import ACTIONS, EMBEDDED, TAKES_LOCAL, as_given

OTHER_FILE = Namespace(config=Path("my files/eu.toml"), local=False)
RUN = "0123456789abcdef"
FILE = "--config 'my files/eu.toml'"
# Their texts are said by a module that calls as_given, or raised as an error, which kit/__main__.py completes.
SAID_ELSEWHERE = {
    "knowledge/repair.py",  # printed by its status
    "knowledge/put_target.py",  # help, and an InputError
    "deploy/knowledge_base_changes.py",  # kit deploy completes what it says
    "deploy/put_documents_notice.py",
    "local/evaluations.py",  # a Progress completes what it prints
    "local/following.py",
    "local/following_ingestion.py",
    "deploy/effects/of_stacks.py",
    "deploy/consent.py",
    "deploy/difference_report.py",
    "capacity/table.py",
    "deploy/throughput_changes.py",
    "keys/usage_keys.py",
    "reap/table.py",
    "runs/choose.py",
    "runs/failure.py",
    "runs/plot.py",  # raised as an InputError
    "runs/removal.py",
    "runs/rollback.py",  # help
    "runs/stop.py",  # in the history of an execution, which anyone may read
}
COMPLETED = ("InputError", "ExternalError", "KitError", "NotDeployedError", "NotReadOnlyError")  # by kit/__main__.py
HELP = ("add_argument", "add_parser")


@pytest.mark.parametrize(
    ("text", "embedded", "other_file"),
    [
        (f"to follow it: kit runs watch {RUN}", f"kit runs watch {RUN} --local", f"kit runs watch {RUN} {FILE}"),
        ("run kit runs delete again", "kit runs delete --local again", f"kit runs delete {FILE} again"),
        ("kit runs, then wait", "kit runs --local, then wait", f"kit runs {FILE}, then wait"),
        ("kit keys rotate default", "kit keys rotate --local default", f"kit keys rotate {FILE} default"),
        ("compare with kit diff", "with kit diff --local", f"with kit diff {FILE}"),
        ("see kit agents ask", "kit agents ask --local", f"kit agents ask {FILE}"),
        ("kit prompts show tone", "kit prompts show --local tone", f"kit prompts show {FILE} tone"),
        ("kit reap lists them", "kit reap --local lists them", "kit reap lists them"),
        ("allow it with kit deploy --retrain bot", "it with make up", f"kit deploy {FILE} --retrain bot"),
        ("kit data check shows them all", "kit data check shows", "kit data check shows"),
    ],
)
def test_each_command_gets_the_options_that_it_takes(text: str, embedded: str, other_file: str) -> None:
    assert embedded in as_given(text, EMBEDDED)
    assert other_file in as_given(text, OTHER_FILE)
    assert as_given(text, Namespace(config=Path("deployment.toml"), local=False)) == text
    assert as_given(text, Namespace()) == text


def test_each_action_is_known() -> None:
    assert set(runs.ACTIONS) < set(ACTIONS)
    assert set(knowledge.ACTIONS) < set(ACTIONS)
    assert set(agents.ACTIONS) | set(prompts.ACTIONS) < set(ACTIONS)


def test_each_command_that_takes_local_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    takes = {name for name in COMMANDS if "--local" in _help_of(name, capsys)}

    assert takes == {name for name in COMMANDS if TAKES_LOCAL.search(f"kit {name}")}


def _help_of(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit):
        command_line().parse_args([command, "--help"])
    return capsys.readouterr().out


def test_make_up_of_another_file_or_environment_is_kit_local_up() -> None:
    given = Namespace(config=Path("eu.toml"), environment="dev", local=True)

    assert as_given("run make up again", given) == "run kit local up --config eu.toml --environment dev again"
    assert as_given("run make up again", EMBEDDED) == "run make up again"


def test_with_the_embedded_aws_another_file_is_deployed_by_kit_local_up() -> None:
    given = Namespace(config=Path("eu.toml"), local=True)

    assert as_given("kit deploy looks again", given) == "kit local up --config eu.toml looks again"


def test_with_the_embedded_aws_the_file_or_environment_that_was_asked_is_asked_again() -> None:
    given = Namespace(environment="dev", local=True)

    assert as_given(f"kit runs approve {RUN}", given) == f"kit runs approve {RUN} --environment dev --local"
    assert as_given("kit reap lists them", given) == "kit reap --local lists them"


def test_no_module_says_a_command_without_its_options() -> None:
    package = Path(kit.__file__).parent
    sources = {str(file.relative_to(package)): file.read_text(encoding="utf-8") for file in package.rglob("*.py")}
    said = {name for name, text in sources.items() if "as_given(" not in text and _says_a_command(ast.parse(text))}

    assert said == SAID_ELSEWHERE


def _says_a_command(tree: ast.AST) -> bool:
    """Whether a text names one, outside of docstrings and of the calls of COMPLETED and HELP."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TAKES_LOCAL.search(node.value):
            above = list(_above(node, parents))
            calls = {ast.unparse(item.func).rpartition(".")[2] for item in above if isinstance(item, ast.Call)}
            if not calls & {*COMPLETED, *HELP} and not isinstance(above[0], ast.Expr):
                return True
    return False


def _above(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while node in parents:
        node = parents[node]
        yield node
