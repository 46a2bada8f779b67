"""`kit data SUBCOMMAND`: picks the subcommand; its module, kit/data/<name>.py, is imported only when it is called."""

import argparse
import importlib
import sys

from kit_contract.errors import KitError

# name -> what `kit data --help` says. Its module has add_arguments(parser) and run(options) -> exit code.
SUBCOMMANDS = {
    "check": "every rule that Bedrock has for this base model, before a job is paid for",
    "convert": "what you have (chats, Alpaca, ShareGPT, CSV, Parquet, logs) to what a model and method need",
    "split": "a training and a validation set: seeded, alike in length, no duplicate on both sides",
    "stats": "tokens, turns, lengths, duplicates, languages; the lengths as a picture",
    "redact": "personal data and secrets out of the texts, with counts by kind",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    listing = "\n".join(f"  {name:<10} {text}" for name, text in SUBCOMMANDS.items())
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = f"subcommands:\n{listing}\n\nkit data SUBCOMMAND --help shows the arguments of one."
    parser.add_argument("subcommand", choices=list(SUBCOMMANDS), metavar="SUBCOMMAND", help="see below")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="arguments of the subcommand")


def run(options: argparse.Namespace) -> int:
    module = importlib.import_module(f"kit.data.{options.subcommand}")
    parser = argparse.ArgumentParser(prog=f"kit data {options.subcommand}", description=SUBCOMMANDS[options.subcommand])
    module.add_arguments(parser)
    try:
        return int(module.run(parser.parse_args(options.arguments)))
    except KitError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return error.exit_code
