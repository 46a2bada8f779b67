"""`kit runs`: one module of this package per action; without one, the list."""

import argparse

from kit.parser import add_actions
from kit.runs.arguments import add_common_arguments

ACTIONS = {
    "list": "every training run of the deployment: status, cause, time, data, cost, and which one serves",
    "show": "one run in full: settings, data, check, steps with their errors, job, model, results",
    "watch": "follow a run to its end; the exit code says how it ended",
    "plot": "training and validation loss, or the reward, of one run or several in one picture",
    "compare": "settings that differ between runs, and what came of them",
    "retry": "start a run again that failed or was stopped, with the same data and settings",
    "history": "who served an alias when and why, and which runs are held back",
    "promote": "serve the model of a run that you choose, such as one that was kept or held back",
    "rollback": "go back to the model that served an alias before, in place and without a job",
    "export": "the section of deployment.toml with which another environment copies a promoted model",
    "approve": "promote or reject a model that waits for a person after its evaluation",
    "stop": "stop a run and its job; what was trained until then is billed",
    "delete": "delete the model of a run and what the run wrote; never a model that serves",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser, defaults=True)
    add_actions(parser, "kit.runs", ACTIONS, without="default: list")


def run(options: argparse.Namespace) -> int:
    from kit.runs.list import LIMIT, show_list

    return show_list(options, LIMIT)
