"""Commands that a message names, with the options of the command that says it: what you paste reaches the same AWS."""

import argparse
import re
import shlex
from pathlib import Path

CONFIG = Path("deployment.toml")
EMBEDDED = argparse.Namespace(local=True)  # of a run on the embedded AWS with the default file
ACTIONS = (
    *("list", "show", "watch", "plot", "compare", "retry", "history"),  # kit runs
    *("promote", "rollback", "export", "approve", "stop", "delete"),
    *("add", "rotate", "remove"),  # kit keys
    *("ask", "sync", "status", "evaluate", "put", "documents"),  # kit knowledge, kit agents, kit prompts
    *("buy", "release", "resume", "migrate"),  # kit capacity
)
REST = rf"\b(?: (?:{'|'.join(ACTIONS)})\b)?(?: [0-9a-f]{{16}}\b)?"
TAKES_LOCAL = re.compile(rf"\bkit (?:runs|keys|knowledge|agents|prompts|capacity|diff|drift|reap|verify){REST}")
TAKES_CONFIG = re.compile(rf"\bkit (?:runs|keys|knowledge|agents|prompts|capacity|deploy|diff|drift|verify|cost){REST}")
DEPLOY = re.compile(r"\b(?:bedrock-)?kit deploy\b(?: --retry-failed| --retrain \S+)?")  # make up allows both
UP = re.compile(r"\bmake up\b")


def as_given(text: str, options: argparse.Namespace) -> str:
    """`text` with --local, --config or --environment after each command that takes it.

    `kit runs watch` -> `kit runs watch --local`.

    With `local`, `kit deploy` is make up, which is kit local up with another file or an environment.
    """
    config, environment = getattr(options, "config", CONFIG), getattr(options, "environment", None)
    given = f" --config {shlex.quote(str(config))}" if isinstance(config, Path) and config != CONFIG else ""
    given += f" --environment {shlex.quote(environment)}" if isinstance(environment, str) else ""
    if getattr(options, "local", False):
        text = TAKES_LOCAL.sub(r"\g<0> --local", DEPLOY.sub("make up", text))
        text = UP.sub(lambda _: f"kit local up{given}", text) if given else text
    return TAKES_CONFIG.sub(lambda found: found[0] + given, text) if given else text
