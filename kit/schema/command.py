"""`kit schema`: prints the JSON Schema of deployment.toml, which editors use for completion."""

import argparse
import json
from pathlib import Path

from deployment.config import DeploymentConfig
from kit.schema.environments import with_environments


def schema_text() -> str:
    sections = with_environments(DeploymentConfig.model_json_schema())
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **sections}
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", type=Path, help="file to write (default: standard output)")


def run(options: argparse.Namespace) -> int:
    if options.output:
        options.output.write_text(schema_text(), encoding="utf-8")
    else:
        print(schema_text(), end="")
    return 0
