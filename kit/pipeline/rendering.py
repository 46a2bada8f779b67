"""The workflow files of a CI system, from templates with <<placeholders>>. Pure but for reading the templates."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kit_contract.places import IS_INSTALLED

TEMPLATES = Path(__file__).resolve().parent.parent / "init" / "templates"
FOLDERS = {"github": ".github/workflows", "gitlab": "."}
PLACEHOLDER = re.compile(r"<<(\w+)>>")


@dataclass(frozen=True)
class Workflows:
    """`dev` and `prod`: names of [environments.*]. `kit`, `install` and `tests`: commands of the project.

    `image`: of GitLab's jobs.
    """

    dev: str = "dev"
    prod: str = "prod"
    branch: str = "main"
    tag: str = "v*"
    kit: str = "bedrock-kit" if IS_INSTALLED else ".venv/bin/python -m kit"
    install: str = "make setup"
    tests: str = "make test"
    python: str = "3.13"
    image: str = "python:3.13"

    def values(self) -> Mapping[str, str]:
        texts = {name: str(value) for name, value in vars(self).items()}
        upper = {name.upper(): texts[name].upper().replace("-", "_") for name in ("dev", "prod")}
        regex = re.sub(r"([.+/])", r"\\\1", self.tag).replace("*", ".*")
        return {**texts, **upper, "tag_regex": regex}


def files_of(system: str, workflows: Workflows) -> dict[Path, str]:
    """Path in the project -> text, for `github` or `gitlab`."""
    folder, values = TEMPLATES / system, workflows.values()
    target = Path(FOLDERS[system])
    found = {}
    for template in sorted(folder.iterdir()):
        name = template.name.replace("deploy-dev", f"deploy-{workflows.dev}")
        name = name.replace("deploy-prod", f"deploy-{workflows.prod}")
        found[target / name] = rendered(template.read_text(encoding="utf-8"), values)
    return found


def rendered(text: str, values: Mapping[str, str]) -> str:
    """Raises KeyError for a placeholder without a value."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)
