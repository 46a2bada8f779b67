"""The files of a new project: templates, the kit's example data, and the lock file of the CDK CLI."""

import json
from pathlib import Path

from kit.init.settings import Settings
from kit.pipeline.rendering import FOLDERS, Workflows, files_of
from kit.schema.command import schema_text
from kit_contract.places import SOURCES

TEMPLATES = Path(__file__).parent / "templates" / "project"
PIPELINES = (*FOLDERS, "none")
# Every CI starts from nothing; Node for the CDK is a package of requirements.txt.
INSTALL = "pip install --quiet -r requirements.txt && npm ci --silent --no-audit --no-fund"
WORKFLOWS = Workflows(kit="bedrock-kit", install=INSTALL, tests="pytest")
SUPPORT, TOOLS = "examples/support", "examples/tools"
# Path in the project -> what it is a copy of. A folder is copied whole.
DATA = {
    "documents": f"{SUPPORT}/documents",
    "datasets/chat.jsonl": f"{SUPPORT}/chat.jsonl",
    "datasets/labelled.json": f"{SUPPORT}/labelled.json",
    "datasets/held-out.jsonl": f"{SUPPORT}/held-out.jsonl",
    "datasets/questions.jsonl": f"{SUPPORT}/questions.jsonl",
    "tools/order_status.py": f"{TOOLS}/order_status.py",
    "tools/order_status.json": f"{TOOLS}/order_status.json",
    "instructions.md": "examples/agents/instructions.md",
}
NPM = ("package.json", "package-lock.json")
SCHEMA = "deployment.schema.json"
DOTTED = {"gitignore": ".gitignore"}  # a .gitignore among the templates would hide files from Git here


def project_files(settings: Settings) -> dict[str, bytes]:
    """Path in the project -> content."""
    files = _templates(settings)
    if settings.pipeline != "none":
        files |= {path.as_posix(): text.encode() for path, text in files_of(settings.pipeline, WORKFLOWS).items()}
    for target, source in DATA.items():
        files |= _copied(target, SOURCES / source)
    files |= {name: _named(SOURCES / name, settings.name) for name in NPM}
    files[SCHEMA] = schema_text().encode()
    return dict(sorted(files.items()))


def _templates(settings: Settings) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in _files(TEMPLATES):
        name = path.relative_to(TEMPLATES).with_name(DOTTED.get(path.name, path.name)).as_posix()
        found[name] = settings.filled(path.read_text(encoding="utf-8")).encode()
    return found


def _copied(target: str, source: Path) -> dict[str, bytes]:
    if source.is_file():
        return {target: source.read_bytes()}
    return {f"{target}/{path.relative_to(source).as_posix()}": path.read_bytes() for path in _files(source)}


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _named(path: Path, name: str) -> bytes:
    """A package.json or its lock file, with the name of the project."""
    content = json.loads(path.read_text(encoding="utf-8"))
    for package in (content, content.get("packages", {}).get("")):
        if package and "name" in package:
            package["name"] = name
    return (json.dumps(content, indent=2) + "\n").encode()
