"""`python -m kit`: picks the command, and turns errors into one message and an exit code."""

import argparse
import errno
import os
import sys
from pathlib import Path

from kit.aws_advice import NUMBERS, advice_for, is_setting_of_aws
from kit.hint import as_given
from kit.not_deployed import NotDeployedError
from kit.parser import LazyParser
from kit_contract.errors import KitError
from kit_contract.places import IS_INSTALLED
from kit_contract.version import VERSION

PROG = "bedrock-kit" if IS_INSTALLED else "kit"
# name -> what `kit --help` says. Its module is kit/<name>/command.py.
COMMANDS = {
    "init": "make a project of your own, which uses the kit as a package",
    "local": "deploy to an embedded AWS on this machine; stop it, show it",
    "deploy": "deploy to the AWS account of your credentials",
    "diff": "show what the next deploy replaces, deletes, buys, trains and ingests again, and its price",
    "drift": "say what differs from the last deploy, what ends soon and which prices are old; exit code 1 if anything",
    "data": "check, convert, split, measure, show and redact datasets",
    "cost": "estimate what deployment.toml costs: idle, training, requests, provisioned throughput",
    "models": "list, show and compare the models of Bedrock: ids, regions, customization, prices, end of life",
    "reap": "list what your account pays by the hour and who owns it; delete what nobody owns",
    "runs": "list, show, watch, plot, compare, retry, stop and delete training runs",
    "knowledge": "ask knowledge bases, ingest documents, say what failed, and measure the answers",
    "capacity": "show, buy, release, resume and migrate provisioned throughput",
    "agents": "list, ask and evaluate the agents of the deployment",
    "prompts": "list the prompts of the deployment and who uses them; show one and its versions",
    "pipeline": "who may deploy from CI, its workflow files, and questions to ask after a deploy",
    "keys": "list, add, rotate and remove the keys of the inference API",
    "verify": "check your AWS account before and after a deploy; changes nothing and costs nothing",
    "check": "check the templates of this or any CDK app: cfn-lint, cdk-nag and rules of the kit",
    "schema": "print the JSON Schema of deployment.toml",
}
# botocore's errors if you are not logged in; botocore is imported only by commands that call AWS.
WITHOUT_CREDENTIALS = ("NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "TokenRetrievalError")


def main(arguments: list[str] | None = None) -> int:
    return run_command(command_line(), arguments)


def command_line() -> LazyParser:
    parser = LazyParser(prog=PROG, description="Amazon Bedrock in your own AWS account.")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, text in COMMANDS.items():
        commands.add_parser(name, help=text, description=text, module=f"{__package__}.{name}.command")
    return parser


def run_command(parser: argparse.ArgumentParser, arguments: list[str] | None = None) -> int:
    """Parse, call `options.run`, and turn an error into its message on standard error and an exit code."""
    if sys.stdout is None:  # closed by the caller
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  it is open until the process ends
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # names and records of any bytes
    prog = " ".join([parser.prog, *(sys.argv[1:] if arguments is None else arguments)[:1]])
    options = argparse.Namespace()
    try:
        options = parser.parse_args(arguments)
        prog = options.prog
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    except Exception as error:
        message, code = explain(error, prog, options)
        if message and getattr(options, "local", None) is False and type(error).__name__ in WITHOUT_CREDENTIALS:
            message += "; for the embedded AWS that make up started, add --local"
        if message:
            print(message, file=sys.stderr)
        return code


def explain(error: Exception, prog: str, options: argparse.Namespace) -> tuple[str, int]:
    """The message and exit code of an error that you can do something about. Raises every other `error`."""
    match error:
        case KitError():
            told = error.told(options.config, options.environment) if isinstance(error, NotDeployedError) else error
            text = as_given(str(told), options)
            return (f"{prog}: {text}" if error.exit_code == 2 else text), error.exit_code
        case ModuleNotFoundError():
            return f"{prog}: {error.msg}; run make setup, then .venv/bin/python -m {prog}", 2
        case BrokenPipeError():  # the reader (head, less) has gone
            _discard_output()
            return "", 1
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            _discard_output()
            return f"{prog}: the output cannot be written: {error.strerror}", 2
        case OSError(filename=str() | Path() as file):
            return f"{prog}: {file}: {error.strerror}; check path and permissions", 1
    if _is_botocore(error):
        return f"{prog}: {_one_line(error)}; {advice_for(error)}", 1
    if is_setting_of_aws(error):
        return f"{prog}: a setting of AWS is not a number: {error}; correct {NUMBERS}", 1
    raise error


def _is_botocore(error: Exception) -> bool:
    botocore = sys.modules.get("botocore.exceptions")  # imported only by commands that call AWS
    return bool(botocore and isinstance(error, botocore.BotoCoreError | botocore.ClientError))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")


def _discard_output() -> None:
    """Python tries to write the rest of the output at exit, and fails again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
