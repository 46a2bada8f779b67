"""`kit deploy`: deploys the stacks to the AWS account of your credentials, never to the embedded AWS.

First it shows what becomes of provisioned throughput. Then it looks for stacks that it deployed and that are no longer
in the file. Exit code 3: nobody decided about what is billed by the hour, or such stacks cannot be deleted yet.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from deployment.checks.account import check_account
from deployment.config import load_deployment_config
from kit.cdk_cli import CDK, NODE, with_home
from kit.deleted_resources import generation_arguments
from kit.deploy.absent import UNDECIDED_OR_LEFT, Absent, Decision, settle
from kit.deploy.account import Account
from kit.deploy.assembly import StackName, forget, stacks_in
from kit.deploy.concurrency import concurrency_notice
from kit.deploy.history import History, Place
from kit.deploy.knowledge_base_changes import tell_knowledge_base_changes
from kit.deploy.put_documents_notice import put_documents_notice
from kit.deploy.throughput_consent import ACCEPT, look_at_throughput, may_deploy
from kit.deploy.training import RETRY_FAILED, check_retrain, report_training
from kit.hint import as_given
from kit.missing_documents import restoring_arguments
from kit.training_deploy import training_arguments
from kit.training_look import time_of_look
from kit_contract.errors import ExternalError
from kit_contract.places import PROJECT
from local_aws.guard import require_real

RECORD = PROJECT / ".local" / "deployed.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, default=Path("deployment.toml"), help="default: deployment.toml")
    decision = parser.add_mutually_exclusive_group()
    decision.add_argument(
        "--remove-absent",
        dest="absent",
        action="store_const",
        const=Decision.REMOVE,
        default=Decision.ASK,
        help="delete deployed stacks that are no longer in the file, without asking",
    )
    decision.add_argument(
        "--keep-absent", dest="absent", action="store_const", const=Decision.KEEP, help="show them and keep them"
    )
    parser.add_argument(
        ACCEPT,
        dest="accept_throughput",
        action="store_true",
        help="deploy without asking where provisioned throughput stays billed after its section was removed",
    )
    parser.add_argument(
        "--retrain",
        action="append",
        default=[],
        metavar="CUSTOMIZATION",
        help="train its model again, and pay for it again, if it was deleted",
    )
    parser.add_argument(
        RETRY_FAILED,
        action="store_true",
        help="train again, and pay for it again, where the last job failed or was stopped",
    )
    parser.add_argument("cdk_arguments", nargs="*", help="passed to cdk deploy; put -- before them")


def run(options: argparse.Namespace) -> int:
    said = partial(as_given, options=options)

    def say(line: str) -> None:
        print(said(line), flush=True)

    profile = _value(options.cdk_arguments, "--profile")
    require_real(os.environ, profile=profile)
    path = Path(options.config).resolve()
    config = load_deployment_config(path)
    section = config.deployment
    check_retrain(config, options.retrain)
    account = Account(profile, section.region)
    check_account(config, account.id, path.name)
    stacks = ", ".join(config.stacks) or "no stacks"
    print(f"deploying to account {account.id}, region {section.region}: {stacks}", flush=True)
    here = Place(account.id, section.region, section.name)
    changes = look_at_throughput(config, account.clients(section.region), datetime.now(UTC), say)
    if not may_deploy(changes, accepted=options.accept_throughput):
        return UNDECIDED_OR_LEFT
    tell_knowledge_base_changes(config, account.client, say)
    history = History(RECORD, path)
    was_known = history.known
    history.add(here)
    if notice := concurrency_notice(account.client("lambda").get_account_settings, section.region):
        print(f"warning: {notice}", file=sys.stderr)
    if config.built_knowledge_bases:
        put_documents_notice(config, account.session, account.client, lambda line: print(line, file=sys.stderr))
    restoring = restoring_arguments(config, account.client, lambda line: print(line, file=sys.stderr))
    again = generation_arguments(config, account.client, lambda line: print(line, file=sys.stderr))
    look = time_of_look(config, account.client, datetime.now(UTC), say)
    looking = training_arguments(look, options.retrain, retry_failed=options.retry_failed)
    code, present = _deploy(path, [*restoring, *again, *looking, *options.cdk_arguments])
    if code != 0:
        print("cdk deploy failed; stacks that are no longer in the file were not looked for", file=sys.stderr)
        return code
    served = report_training(config, account.clients(section.region), said)
    return settle(_absent(account, history, here, say), present, options.absent, was_known=was_known) or served


def _absent(account: Account, history: History, here: Place, say: Callable[[str], None]) -> Absent:
    from billed_resources.stack_removal import Waiting

    return Absent(account.clients, history, here, Waiting(say))


def _deploy(config: Path, arguments: Sequence[str]) -> tuple[int, set[StackName]]:
    """The exit code of the CDK CLI, and the stacks of the app. An app without stacks is no failure."""
    made = _value(arguments, "--app", "-a")
    output = _value(arguments, "--output", "-o")
    assembly = PROJECT / (made if made and (PROJECT / made).is_dir() else output or "cdk.out")
    if not made:
        forget(assembly)
    command = [str(NODE), str(CDK), "deploy", "--all", "-c", f"config={config}", *arguments]
    code = subprocess.run(command, cwd=PROJECT, env=with_home(os.environ), check=False).returncode
    present = stacks_in(assembly)
    if code == 0 and present is None:
        raise ExternalError(
            f"deployed, but {assembly} has no cloud assembly, so stacks that are no longer in the file were not looked "
            "for; pass the folder with --output FOLDER"
        )
    return (0 if present == set() else code), present or set()


def _value(arguments: Sequence[str], *names: str) -> str | None:
    """What follows the first of the options `names`, as `--name VALUE` or `--name=VALUE`."""
    for position, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name in names:
            return value if equals else next(iter(arguments[position + 1 : position + 2]), None)
    return None
