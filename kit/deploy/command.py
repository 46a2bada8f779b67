"""`kit deploy`: deploys the stacks to the AWS account of your credentials, never to the embedded AWS.

First it shows what it replaces, deletes, buys, trains and ingests again, and asks. Then it looks for stacks that it
deployed and that are no longer in the file. Exit code 3: nobody agreed, or such stacks cannot be deleted yet.
"""

import argparse
import os
from functools import partial
from pathlib import Path

from deployment.checks.account import check_account
from deployment.config import load_deployment_config
from kit.deploy.absent import Decision
from kit.deploy.account import Account
from kit.deploy.consent import ACCEPT, Accepted, accepted
from kit.deploy.deploy import SKIP_PREFLIGHT, Deploy
from kit.deploy.synthesis import option
from kit.deploy.throughput_consent import ACCEPT_THROUGHPUT
from kit.deploy.training import RETRY_FAILED, check_retrain
from kit.deployment_arguments import add_file_arguments
from kit.hint import as_given
from local_aws.guard import require_real


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_file_arguments(parser)
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
        type=accepted,
        default=Accepted(),
        metavar="KINDS",
        help="deploy without asking where it does this: replace,delete,buy,retrain,reingest, or what kit diff shows",
    )
    parser.add_argument(
        ACCEPT_THROUGHPUT,
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
    skipped = "do not check access, quotas and names in the account first"
    parser.add_argument(SKIP_PREFLIGHT, action="store_true", help=skipped)
    parser.add_argument("cdk_arguments", nargs="*", help="passed to cdk deploy; put -- before them")


def run(options: argparse.Namespace) -> int:
    said = partial(as_given, options=options)

    def say(line: str) -> None:
        print(said(line), flush=True)

    profile = option(options.cdk_arguments, "--profile")
    require_real(os.environ, profile=profile)
    path = Path(options.config).resolve()
    config = load_deployment_config(path, options.environment)
    check_retrain(config, options.retrain)
    account = Account(profile, config.deployment.region)
    check_account(config, account.id, path.name)
    stacks = ", ".join(config.stacks) or "no stacks"
    print(f"deploying to account {account.id}, region {config.deployment.region}: {stacks}", flush=True)
    return Deploy(options, config, path, account, say).run()
