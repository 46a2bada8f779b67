"""`kit pipeline workflows`: writes the workflow files of GitHub Actions or GitLab CI. It overwrites none of yours."""

import argparse
from dataclasses import fields
from pathlib import Path

from deployment.config import environments_in
from kit.deployment_arguments import add_file_arguments
from kit.pipeline.rendering import FOLDERS, Workflows, files_of
from kit_contract.errors import InputError

HELP = {
    "dev": "environment that is deployed at each merge",
    "prod": "environment that is deployed by a tag and an approval",
    "branch": "the branch that is merged to",
    "tag": "pattern of the tags that are deployed",
    "kit": "command of the kit",
    "install": "command that installs the project",
    "tests": "command of your tests",
    "python": "version of Python",
    "image": "image of GitLab's jobs",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_file_arguments(parser, defaults=False)
    parser.add_argument("system", choices=sorted(FOLDERS))
    parser.add_argument("--folder", type=Path, default=Path(), help="the project; default: this folder")
    parser.add_argument("--force", action="store_true", help="overwrite files that differ")
    for field in fields(Workflows):
        name = f"--{field.name.replace('_', '-')}"
        parser.add_argument(name, default=field.default, help=f"{HELP[field.name]}; default: {field.default}")


def run(options: argparse.Namespace) -> int:
    workflows = Workflows(**{field.name: getattr(options, field.name) for field in fields(Workflows)})
    known = environments_in(Path(options.config).resolve())
    for name in (workflows.dev, workflows.prod):
        if name not in known:
            listed = ", ".join(known) or "none"
            raise InputError(f"{options.config} has no [environments.{name}]; it has {listed}; add it, or name another")
    files = {options.folder / path: text for path, text in files_of(options.system, workflows).items()}
    different = [str(path) for path, text in files.items() if path.is_file() and path.read_text("utf-8") != text]
    if different and not options.force:
        raise InputError(f"{', '.join(different)} differ from what would be written; add --force to overwrite them")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path}")
    return 0
