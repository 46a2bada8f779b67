"""`kit init`: makes a project of your own, which uses the kit as an installed package. It asks nothing."""

import argparse
import shlex
from pathlib import Path

from kit.init.checks import check_made
from kit.init.files import PIPELINES, project_files
from kit.init.folder import NAME_RULE, check_account, check_name, check_region, name_of, require_empty, write_files
from kit.init.settings import Settings

NEXT = """\
{folder} is the deployment {name} in {region}: {files} files, environments dev and prod. Next:

{steps}
README.md of the project has the other commands. Nothing was deployed and nothing costs anything yet."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder; . is this one")
    parser.add_argument("--name", help=f"of the deployment (default: that of the folder): {NAME_RULE}")
    parser.add_argument("--region", default="us-east-1", help="AWS Region (default: us-east-1)")
    parser.add_argument("--account", metavar="ID", help="deploy to this AWS account and to no other")
    parser.add_argument(
        "--pipeline", choices=PIPELINES, default="none", help="workflows that bring it to dev and prod (default: none)"
    )


def run(options: argparse.Namespace) -> int:
    folder = options.folder.absolute()
    settings = Settings(
        name=check_name(options.name or name_of(folder), given=options.name is not None),
        region=check_region(options.region),
        account=check_account(options.account),
        pipeline=options.pipeline,
    )
    require_empty(folder, shown=str(options.folder))
    files = project_files(settings)
    check_made(files, settings)
    write_files(folder, files)
    print(_next_steps(options, settings, len(files)))
    return 0


def _next_steps(options: argparse.Namespace, settings: Settings, number: int) -> str:
    folder = str(options.folder)
    steps = [
        *([] if folder == "." else [f"cd {shlex.quote(folder)}"]),
        "python3 -m venv .venv && . .venv/bin/activate && pip install -r requirements.txt",
        "npm ci",
        "pytest                                  # synthesizes and checks each environment",
        "bedrock-kit local install               # the embedded AWS, once",
        "bedrock-kit local up --environment dev  # deploys to it, on this machine",
        "bedrock-kit deploy --environment dev    # deploys to the account of your credentials",
    ]
    text = "".join(f"  {step}\n" for step in steps)
    return NEXT.format(folder=folder, name=settings.name, region=settings.region, files=number, steps=text)
