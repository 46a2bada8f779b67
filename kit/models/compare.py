"""`kit models compare`: prints models side by side, in several tables if they are wide."""

import argparse
import json
import textwrap

from kit.models.command import add_output_arguments
from kit.models.facts import VALUES, disputed_text, facts
from model_catalog.catalog import find
from model_catalog.model import Model

WIDTH = 120
LABEL = 18
COLUMN = 24


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("models", nargs="+", metavar="ID", help="inference, profile or customization ids")
    add_output_arguments(parser)


def run(options: argparse.Namespace) -> int:
    models = [find(identifier) for identifier in options.models]
    if options.json:
        print(json.dumps([facts(model, options.region) for model in models], indent=1))
        return 0
    at_once = (WIDTH - LABEL) // (COLUMN + 2)
    for start in range(0, len(models), at_once):
        _print_table(models[start : start + at_once], options.region)
    return 0


def _print_table(models: list[Model], region: str | None) -> None:
    column = min(44, (WIDTH - LABEL) // len(models) - 2)
    rows = [("", [f"{model.name} ({model.provider})" for model in models])]
    rows += [("inference id", [model.inference_id for model in models])]
    rows += [
        (label, [text(model, region) + disputed_text(model, name) for model in models]) for label, name, text in VALUES
    ]
    for label, texts in rows:
        cells = [textwrap.wrap(text, column, break_on_hyphens=False) or [""] for text in texts]
        for line in range(max(map(len, cells))):
            parts = (cell[line] if line < len(cell) else "" for cell in cells)
            start = label.ljust(LABEL) if line == 0 else " " * LABEL
            print((start + "  ".join(part.ljust(column) for part in parts)).rstrip())
    print()
