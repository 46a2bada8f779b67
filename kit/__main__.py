"""Arguments and exit codes of `python -m kit`; each command is a file of its own, imported when it is called."""

import argparse
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    if options.command == "local":
        from kit import local

        return local.run(options)
    if options.command == "deploy":
        from kit import deploy

        return deploy.run(options)
    from kit import schema

    return schema.run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kit", description="Amazon Bedrock in your own AWS account.")
    commands = parser.add_subparsers(dest="command", required=True)
    local = commands.add_parser("local", help="the same stacks on an embedded AWS on this machine")
    local.add_argument("action", choices=["up", "down", "status", "destroy"])
    local.add_argument("--config", type=Path, default=Path("deployment.toml"), help="default: deployment.toml")
    local.add_argument("--port", type=int, help="port of the embedded AWS (default: a free one)")
    deploy = commands.add_parser("deploy", help="to the AWS account of your credentials")
    deploy.add_argument("--config", type=Path, default=Path("deployment.toml"))
    deploy.add_argument("cdk_arguments", nargs="*", help="passed to cdk deploy")
    schema = commands.add_parser("schema", help="the JSON Schema of deployment.toml")
    schema.add_argument("--output", type=Path, help="a file (default: standard output)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
