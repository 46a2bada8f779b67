"""`kit reap`: lists what your account pays by the hour and who owns it; deletes what nobody owns if you ask for it.

Exit codes: 0 no orphans are left, 1 something could not be read or deleted, 3 orphans are left.
"""

import argparse
import sys
from dataclasses import replace
from datetime import UTC, datetime

from billed_resources.deletion import Outcome, Result, delete_orphan
from billed_resources.kit_parameters import read_kit_parameters
from billed_resources.listing import Clients, clients_of, list_billed
from billed_resources.owner import owner_of
from billed_resources.stack_lookup import StackLookup
from kit.embedded_outputs import embedded_outputs
from kit.hint import as_given
from kit.reap.table import Report, as_json, as_table, outcome_table
from kit_contract.counted import counted
from kit_contract.errors import KitError
from local_aws.emulator import ACCOUNT

FAILED, ORPHANS_LEFT = 1, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--region", help="default: the region of your AWS configuration")
    parser.add_argument("--local", action="store_true", help="use the embedded AWS that make up started")
    parser.add_argument(
        "--delete-orphans", action="store_true", help="delete provisioned throughput that this kit made and nobody owns"
    )
    parser.add_argument("--yes", action="store_true", help="delete without being asked")
    parser.add_argument("--json", action="store_true", help="print JSON; with --delete-orphans it needs --yes")


def run(options: argparse.Namespace) -> int:
    if options.json and options.delete_orphans and not options.yes:
        raise KitError("kit reap --json --delete-orphans cannot ask you; add --yes")
    account, region, clients = _connect_local(options.region) if options.local else _connect(options.region)
    report = _report(account, region, clients)
    if not options.json:
        print(as_given(as_table(report), options))
    if options.delete_orphans and report.orphans and (options.yes or _confirmed(report)):
        report = _delete(report, clients, say=not options.json)
    if options.json:
        print(as_json(report))
    return _exit_code(report)


def _connect(region: str | None) -> tuple[str, str, Clients]:
    import boto3
    from botocore.config import Config

    config = Config(retries={"mode": "standard", "total_max_attempts": 8})
    session = boto3.Session(region_name=region)
    clients = clients_of(session, config=config)
    first = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 2})
    account = session.client("sts", config=first).get_caller_identity()["Account"]  # without a network it ends soon
    return account, clients.bedrock.meta.region_name, clients


def _connect_local(region: str | None) -> tuple[str, str, Clients]:
    embedded = embedded_outputs()
    chosen = region or embedded.session.region_name
    return ACCOUNT, chosen, clients_of(embedded.session, endpoint_url=embedded.endpoint_url, region_name=chosen)


def _report(account: str, region: str, clients: Clients) -> Report:
    listing = list_billed(clients, region, _now())
    stacks, parameters = StackLookup(clients.cloudformation), read_kit_parameters(clients.ssm)
    owned = [(resource, owner_of(resource, stacks, parameters)) for resource in listing.resources]
    return Report(account, region, listing, owned)


def _confirmed(report: Report) -> bool:
    number, place = len(report.orphans), f"account {report.account}, {report.region}"
    question = f"\nDelete {counted(number, 'orphan')} in {place}? Type yes: "
    try:
        return input(question).strip() == "yes"
    except EOFError:
        print("\nnothing was deleted: there was no answer; pass --yes to delete without being asked", file=sys.stderr)
        return False


def _delete(report: Report, clients: Clients, *, say: bool) -> Report:
    outcomes: list[Outcome] = []
    for number, resource in enumerate(report.orphans, start=1):
        outcomes.append(delete_orphan(resource, clients, report.region, _now))
        if say:
            print(f"{number}/{len(report.orphans)} {resource.name}: {outcomes[-1].result.value}", flush=True)
    if say:
        print(f"\n{outcome_table(outcomes)}")
    return replace(report, outcomes=outcomes)


def _now() -> datetime:
    return datetime.now(UTC)


def _exit_code(report: Report) -> int:
    results = [outcome.result for outcome in report.outcomes]
    if report.listing.failures or Result.FAILED in results:
        return FAILED
    left = len(report.orphans) - sum(result in (Result.DELETED, Result.GONE) for result in results)
    return ORPHANS_LEFT if left else 0
