"""Steps of a project that `bedrock-kit init` makes from the wheel: its own tests, and a stack of its own."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kit.deploy.assembly import stacks_in
from kit_contract.places import PROJECT
from tests.distribution.installed import Installed


@dataclass
class World:
    kit: Installed
    folder: Path


@contextmanager
def world(folder: Path) -> Iterator[World]:
    yield World(Installed(folder), folder / "my-bot")


def made(world: World) -> set[str]:
    """The files of the new project."""
    world.kit.run("bedrock-kit", "init", "my-bot", "--pipeline", "github", cwd=world.folder.parent)
    files = {path.relative_to(world.folder).as_posix() for path in world.folder.rglob("*") if path.is_file()}
    (world.folder / "node_modules").symlink_to(PROJECT / "node_modules")
    return files


def tests(world: World) -> str:
    """What its pytest printed: it synthesizes each environment, and `kit check` looks at the templates."""
    return world.kit.run("python", "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:randomly", cwd=world.folder)


def own_stack(world: World) -> set[str]:
    """The stacks that the CDK CLI synthesizes once the example of an own stack is not a comment any more."""
    app = world.folder / "app.py"
    text = re.sub(r"^# ?(?! ?A stack of your own)", "", app.read_text(encoding="utf-8"), flags=re.MULTILINE)
    app.write_text(text.replace("main()  # or ", ""), encoding="utf-8")
    cdk = str(world.folder / "node_modules" / "aws-cdk" / "bin" / "cdk")
    context = ("-c", "environment=prod")
    world.kit.run("node", cdk, "synth", "--quiet", *context, cwd=world.folder, CDK_DEFAULT_ACCOUNT="111122223333")
    return {stack.name for stack in stacks_in(world.folder / "cdk.out") or ()}


STEPS: dict[str, Callable[[World], object]] = {"made": made, "tests": tests, "own stack": own_stack}
