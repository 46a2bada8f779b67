"""Asks before something that cannot be undone or costs money. Without a terminal it takes --yes."""

import argparse
import sys

from kit_contract.errors import InputError


def agreed(question: str, options: argparse.Namespace) -> bool:
    """Raises InputError where nobody can be asked."""
    if options.yes:
        return True
    if options.json or not sys.stdin.isatty():
        raise InputError(f"this command asks first, but there is no terminal to ask on; add --yes\n{question}")
    try:
        answer = input(f"{question} [y/N] ").strip().lower()
    except EOFError:
        print()
        answer = ""
    if answer in ("y", "yes"):
        return True
    print("nothing was changed", file=sys.stderr)
    return False
