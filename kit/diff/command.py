"""`kit diff`: what the next deploy replaces, deletes, buys, trains and ingests again, and what its price becomes.

It changes nothing. Exit code 3 with --refuse: something needs consent.
"""

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from billed_resources.stack_removal import Waiting
from deployment.config import DeploymentConfig, load_deployment_config
from kit.cdk_cli import environment_arguments
from kit.deleted_resources import generation_arguments
from kit.deploy.absent import Absent
from kit.deploy.assembly import templates_in
from kit.deploy.deployed_place import DeployedPlace, embedded_aws, your_account
from kit.deploy.difference import Difference, Question, difference
from kit.deploy.difference_report import as_json, as_markdown, as_table
from kit.deploy.effects.effect import kinds_of
from kit.deploy.history import History, Place
from kit.deploy.knowledge_base_changes import tell_knowledge_base_changes
from kit.deploy.synthesis import synthesize
from kit.deploy.throughput_consent import look_at_throughput
from kit.deployment_arguments import add_deployment_arguments
from kit.hint import as_given
from kit.missing_documents import restoring_arguments
from kit.training_look import time_of_look
from kit_contract.errors import ExternalError, InputError

NEEDS_CONSENT = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_deployment_arguments(parser, defaults=True)
    parser.add_argument("--markdown", action="store_true", help="print Markdown, for a comment on a pull request")
    refuse = "exit with code 3 if something needs consent"
    parser.add_argument("--refuse", action="store_true", help=refuse)


def run(options: argparse.Namespace) -> int:
    if options.json and options.markdown:
        raise InputError("--json and --markdown print different things; choose one")
    path = Path(options.config).resolve()
    config = load_deployment_config(path, options.environment)
    place = embedded_aws(path, options.environment) if options.local else your_account(config, path)
    with tempfile.TemporaryDirectory(prefix="kit-diff-") as folder:
        found = _difference(options, config, path, place, Path(folder) / "assembly")
    names = {"deployment": config.deployment.name, "environment": config.environment}
    where = {**names, "account": place.id, "region": config.deployment.region}
    if options.json:
        print(as_json(found, where))
    else:
        accept = not options.local  # nothing is asked about there
        text = as_markdown(found, where, accept=accept) if options.markdown else as_table(found, accept=accept)
        print(as_given(text, options))
    return NEEDS_CONSENT if options.refuse and kinds_of(found.effects) else 0


def _difference(
    options: argparse.Namespace, config: DeploymentConfig, path: Path, place: DeployedPlace, assembly: Path
) -> Difference:
    def say(line: str) -> None:
        print(as_given(line, options), file=sys.stderr)

    now, region = datetime.now(UTC), config.deployment.region
    tell_knowledge_base_changes(config, place.client, say)
    throughput = look_at_throughput(config, place.clients(region), now, say)
    arguments = [
        *place.context,
        *environment_arguments(options.environment),
        *restoring_arguments(config, place.client, say),
        *generation_arguments(config, place.client, say),
        *place.training_arguments(config, time_of_look(config, place.client, now, say)),
    ]
    if code := synthesize(path, arguments, assembly, place.environ):
        raise ExternalError(f"cdk synth failed with exit code {code}; see its output above")
    templates = templates_in(assembly)
    history = History(place.record, path, options.environment)
    absent = Absent(place.clients, history, Place(place.id, region, config.deployment.name), Waiting(say))
    question = Question(config, templates, throughput, absent.find(templates))
    return difference(question, lambda one: place.clients(one).cloudformation, place.client)
