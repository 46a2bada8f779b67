"""`kit runs promote`: serves the model of a run that a person chose, such as one that was kept or held back."""

import argparse

from kit.runs.arguments import RUN, add_common_arguments
from kit.runs.choice import add_choice_arguments, serve
from kit.runs.chosen import chosen_run
from kit.runs.served_history import alias_histories
from kit_contract.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("run_name", metavar="RUN", help=RUN)
    unchecked = "for all callers at once, without smoke prompts, canary and watch"
    parser.add_argument("--unchecked", action="store_true", help=unchecked)
    add_choice_arguments(parser)


def run(options: argparse.Namespace) -> int:
    deployed, found = chosen_run(options)
    history = next((item for item in alias_histories(deployed) if item.customization == found.customization), None)
    if history is None:
        raise InputError(
            f"run {found.run_id} is of {found.customization}, which is no customization of {deployed.name} any more; "
            "add it to deployment.toml again and deploy"
        )
    if history.alias in found.serves:
        raise InputError(f"run {found.run_id} serves {history.alias} already")
    return serve(deployed, history, found.run_id, options, verb="promote", checked=not options.unchecked)
