"""The file of `kit pipeline smoke --questions`: one question a line, and what its answer has to contain.

{"model": "support-bot", "question": "Which descaler?", "expect": ["Halden"]}, or "knowledge_base" in place of "model".
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployment.config import DeploymentConfig
from kit_contract.errors import InputError

KEYS = {"model", "knowledge_base", "question", "expect"}
LONGEST_ANSWER = 500  # tokens
Body = dict[str, Any]


@dataclass(frozen=True)
class SmokeQuestion:
    """`expect`: texts that the answer contains, whatever their case. `route` and `body` of the request."""

    what: str
    route: str
    body: Mapping[str, Any]
    expect: Sequence[str] = ()

    def missing(self, answer: Mapping[str, Any]) -> list[str]:
        """What the answer lacks of `expect`."""
        text = json.dumps(answer, ensure_ascii=False).casefold()
        return [wanted for wanted in self.expect if json.dumps(wanted, ensure_ascii=False)[1:-1].casefold() not in text]


def read_questions(path: Path, config: DeploymentConfig) -> list[SmokeQuestion]:
    """Raises InputError with all faults, one a line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; name a file with --questions") from None
    found: list[SmokeQuestion] = []
    faults: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        item = _question(line, config)
        if isinstance(item, str):
            faults.append(f"{path}, line {number}: {item}")
        else:
            found.append(item)
    if not found and not faults:
        faults.append(f"{path} has no question; write one JSON object a line")
    if faults:
        raise InputError("\n".join(faults))
    return found


def _question(line: str, config: DeploymentConfig) -> SmokeQuestion | str:
    """Or what is wrong with the line."""
    try:
        item = json.loads(line)
    except ValueError as error:
        return f"not JSON: {error}"
    if not isinstance(item, dict) or set(item) - KEYS:
        return f"must be an object with {', '.join(sorted(KEYS))}, got {line[:80]}"
    question, expect = item.get("question"), item.get("expect", [])
    if not isinstance(question, str) or not question.strip():
        return "question must be a text"
    if not isinstance(expect, list) or not all(isinstance(text, str) and text for text in expect):
        return f"expect must be a list of texts, got {expect!r}"
    asked = {key: item[key] for key in ("model", "knowledge_base") if key in item}
    if len(asked) != 1:
        return "name either model or knowledge_base"
    return _asked(*asked.popitem(), question, expect, config)


def _asked(kind: str, name: object, question: str, expect: list[str], config: DeploymentConfig) -> SmokeQuestion | str:
    known = config.aliases if kind == "model" else config.all_knowledge_bases
    if name not in known and not (kind == "model" and str(name).startswith("agent:")):
        return f"{kind} must be one of {', '.join(known) or 'none: the file has none'}, got {name!r}"
    if kind == "model":
        body: Body = {"model": name, "messages": [{"role": "user", "content": question}], "max_tokens": LONGEST_ANSWER}
        return SmokeQuestion(f"{name}: {question}", "/chat/completions", body, expect)
    return SmokeQuestion(f"{name}: {question}", "/retrieve", {"query": question, "knowledge_base": name}, expect)
