"""The kit of a revision in a walked pipeline: what it looks at and deploys is a folder, a file an environment.

`.venv/bin/python -m kit ...` of the revision runs it, with KIT_STATE: the folder. The gate is the real one.
"""

import json
import os
import runpy
import sys
from pathlib import Path

REFUSED = 3


def main(words: list[str]) -> int:
    state, revision = Path(os.environ["KIT_STATE"]), Path("revision").read_text(encoding="utf-8")
    environment = words[words.index("--environment") + 1] if "--environment" in words else ""
    command = " ".join(words[: 2 if words[0] == "pipeline" else 1])
    with (state / "calls").open("a", encoding="utf-8") as calls:
        calls.write(json.dumps([command, environment, _role(), words]) + "\n")
    if command in (state / "broken").read_text(encoding="utf-8").split("\n"):
        return 1
    if command == "pipeline gate":
        return _gate(words)
    if command == "pipeline synth":
        Path(words[words.index("--output") + 1]).mkdir(parents=True)
    if command == "check":
        return 0 if Path(words[words.index("--app") + 1]).is_dir() else 1
    if command == "diff":
        print((state / f"{environment}.json").read_text(encoding="utf-8"))
    if command == "deploy":
        return _deploy(state, environment, words, revision)
    if command == "pipeline smoke":
        return int("wrong" in (state / environment).read_text(encoding="utf-8"))
    return 0


def _deploy(state: Path, environment: str, words: list[str], revision: str) -> int:
    file = state / f"{environment}.json"
    found = json.loads(file.read_text(encoding="utf-8"))
    wanted = f"{','.join(found['needs_consent'])}@{found['digest']}"
    accepted = words[words.index("--accept") + 1] if "--accept" in words else None
    if accepted != wanted and (accepted or found["needs_consent"]):
        return REFUSED
    (state / environment).write_text(revision, encoding="utf-8")
    file.write_text(json.dumps({**found, "effects": [], "needs_consent": [], "digest": "00000000"}), encoding="utf-8")
    return 0


def _gate(words: list[str]) -> int:
    sys.path.insert(0, os.environ["KIT_SOURCES"])
    sys.argv = ["kit", *words]
    try:
        runpy.run_module("kit", run_name="__main__")
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _role() -> str:
    """Of the profile that the build has chosen."""
    file = os.environ.get("AWS_CONFIG_FILE", "")
    lines = Path(file).read_text(encoding="utf-8").splitlines() if file else []
    assert not lines or (lines[0] == f"[profile {os.environ['AWS_PROFILE']}]" and "EcsContainer" in lines[3])
    return lines[1].partition(" = ")[2] if lines else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[3:]))  # after: -m kit
