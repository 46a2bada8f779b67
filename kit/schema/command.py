"""`kit schema`: prints the JSON Schema of deployment.toml, which editors use for completion."""

import argparse
import json
from pathlib import Path

from deployment.config import DeploymentConfig


def schema_text() -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **DeploymentConfig.model_json_schema()}
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", type=Path, help="file to write (default: standard output)")


def run(options: argparse.Namespace) -> int:
    if options.output:
        options.output.write_text(schema_text(), encoding="utf-8")
    else:
        print(schema_text(), end="")
    return 0
