"""The workflows run the code of an action that was reviewed: a tag can be moved, a commit cannot."""

import re
from pathlib import Path

WORKFLOWS = Path(__file__).resolve().parent.parent / ".github" / "workflows"
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def test_every_action_is_pinned_by_commit_and_names_its_version() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in WORKFLOWS.glob("*.yml"))
    uses = re.findall(r"uses: (.+)", text)

    assert uses
    assert [action for action in uses if not PINNED.fullmatch(action)] == []
