"""`kit schema`: the JSON Schema of deployment.toml, for editors."""

import argparse
import json
from pathlib import Path

from deployment.config import DeploymentConfig


def schema_text() -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **DeploymentConfig.model_json_schema()}
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", type=Path, help="a file (default: standard output)")


def run(options: argparse.Namespace) -> int:
    if options.output:
        options.output.write_text(schema_text(), encoding="utf-8")
    else:
        print(schema_text(), end="")
    return 0
