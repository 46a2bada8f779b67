"""Arguments and exit codes of `python -m kit`; a command's module is imported only when that command is called."""

import argparse
import errno
import importlib
import os
import sys
from pathlib import Path

# name -> what `kit --help` says. kit/<name>/command.py has add_arguments(parser) and run(options) -> exit code.
COMMANDS = {
    "local": "the same stacks on an embedded AWS on this machine",
    "deploy": "the stacks to the AWS account of your credentials",
    "data": "datasets: check, convert, split, figures, personal data out",
    "cost": "what deployment.toml costs: idle, training, requests, provisioned throughput",
    "models": "what Bedrock offers: ids, regions, customization, prices, end of life",
    "reap": "what the account is billed for by the hour, who owns it; deletes what nobody owns",
    "capacity": "provisioned throughput: what is there, why, until when; buys, releases, resumes",
    "schema": "the JSON Schema of deployment.toml",
}


def main(arguments: list[str] | None = None) -> int:
    if sys.stdout is None:  # closed by the caller
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  it is open until the process ends
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # names and records of any bytes
    given = sys.argv[1:] if arguments is None else arguments
    name = given[0] if given and given[0] in COMMANDS else None
    try:
        code = _run(given, name)
        sys.stdout.flush()
        return code
    except ModuleNotFoundError as error:
        print(f"kit {name}: {error.msg}; run make setup, then .venv/bin/python -m kit {name}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader (head, less) has gone
        _give_up_output()
        return 1
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        _give_up_output()
        print(f"kit {name}: the output cannot be written: {error.strerror}", file=sys.stderr)
        return 2


def _run(given: list[str], name: str | None) -> int:
    parser = argparse.ArgumentParser(prog="kit", description="Amazon Bedrock in your own AWS account.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    subparsers = {command: commands.add_parser(command, help=text) for command, text in COMMANDS.items()}
    module = importlib.import_module(f"kit.{name}.command") if name else None
    if module and name:
        module.add_arguments(subparsers[name])
    options = parser.parse_args(given)
    assert module, "argparse refuses arguments that name no command"
    return int(module.run(options))


def _give_up_output() -> None:
    """What is left of it would be tried once more at exit, and fail there."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
