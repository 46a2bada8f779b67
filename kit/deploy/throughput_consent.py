"""Shows what a deploy does with provisioned throughput before it, and asks where something stays or becomes billed.

A purchase alone is not asked about: deployment.toml accepts its price.
"""

import sys
from collections.abc import Callable, Sequence
from datetime import datetime

from billed_resources.listing import Clients
from deployment.config import DeploymentConfig
from kit.deploy.deployed_throughput import look
from kit.deploy.throughput_changes import Change, Need, throughput_changes
from kit.table import table
from kit_contract.errors import InputError

ACCEPT_THROUGHPUT = "--accept-throughput-changes"
HEAD = ("NAME", "USD/HOUR", "USD TO END", "WHAT THE DEPLOY DOES")
UNDECIDED = (
    "nothing was deployed: what the table asks about is billed by the hour, and there is no terminal to ask on; "
    f"correct deployment.toml, or add {ACCEPT_THROUGHPUT}"
)
NOT_ACCEPTED = "nothing was deployed; correct deployment.toml and deploy again"


def look_at_throughput(
    config: DeploymentConfig, clients: Clients, now: datetime, say: Callable[[str], None]
) -> list[Change]:
    """The changes of the next deploy, shown as a table. A stack that cannot be read is told."""
    from botocore.exceptions import BotoCoreError, ClientError

    section = config.deployment
    if not config.provisioned_throughput:
        return []
    try:
        found = look(section.name, clients, section.region, now)
    except (ClientError, BotoCoreError) as error:
        say(f"warning: what the deploy does with provisioned throughput is unknown: {error}")
        return []
    changes = throughput_changes(config, found, now)
    say("Provisioned throughput, billed by the hour:")
    for line in _table(changes):
        say(f"  {line}")
    return changes


def may_deploy(changes: Sequence[Change], *, accepted: bool) -> bool:
    """Whether the deploy may begin. Raises InputError if Bedrock or CloudFormation would refuse a change."""
    if refused := [change for change in changes if change.need is Need.ANOTHER_FILE]:
        faults = [f"{change.name}: {change.what}" for change in refused]
        raise InputError("\n".join(["nothing was deployed, because this deploy would be refused:", *faults]))
    if accepted or not any(change.need is Need.CONSENT for change in changes):
        return True
    if not sys.stdin.isatty():
        print(UNDECIDED, file=sys.stderr)
        return False
    try:
        agreed = input("Deploy, and pay for what the table says? Type yes: ").strip() == "yes"
    except EOFError:
        print()
        agreed = False
    if not agreed:
        print(NOT_ACCEPTED, file=sys.stderr)
    return agreed


def _table(changes: Sequence[Change]) -> list[str]:
    rows = [HEAD, *((item.name, _usd(item.hourly), _usd(item.until_end), item.what) for item in changes)]
    return table(rows)


def _usd(usd: float | None) -> str:
    return "unknown" if usd is None else f"{usd:,.2f}" if usd else "-"
