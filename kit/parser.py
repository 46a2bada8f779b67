"""Arguments of the commands: the module of a command or action is imported when that command is used."""

import argparse
import importlib
from collections.abc import Mapping
from typing import Any


class LazyParser(argparse.ArgumentParser):
    """A parser whose `module`, if it has one, provides add_arguments(parser) and run(options) -> exit code.

    Parsing sets `options.run` to that function, and `options.prog` to the command's name for messages.
    """

    def __init__(self, *arguments: Any, module: str = "", **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._module = module

    def parse_known_args(self, *arguments: Any, **settings: Any) -> Any:
        if self._module:
            module = importlib.import_module(self._module)
            self._module = ""
            module.add_arguments(self)
            self.set_defaults(run=getattr(module, "run", None))
        self.set_defaults(prog=self.prog)
        options, unknown = super().parse_known_args(*arguments, **settings)
        if unknown:  # here, not where they came in: that parser would show the usage of kit
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return options, unknown


def add_actions(
    parser: argparse.ArgumentParser, package: str, actions: Mapping[str, str], *, without: str = ""
) -> None:
    """Add each of `actions` (name -> help) as a subcommand whose module is `package`.<name>.

    `without` says what the command does when no action is given; by default one is required.
    """
    added = parser.add_subparsers(dest="action", metavar="ACTION", required=not without, help=without or None)
    for name, text in actions.items():
        added.add_parser(name, help=text, description=text, module=f"{package}.{name}")
