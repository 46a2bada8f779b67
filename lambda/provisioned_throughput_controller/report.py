"""The status of one throughput, for people and programs. It changes nothing."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from custom_resources.provisioned_throughput import bedrock_calls
from custom_resources.provisioned_throughput.ledger import BOUGHT
from provisioned_throughput_controller.context import Context
from provisioned_throughput_controller.settings import Settings
from provisioned_throughput_controller.wanted_state import wanted_state

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput

NOT_BILLED = ("absent", "Failed")


def report(context: Context) -> dict[str, Any]:
    """`status` is Bedrock's, or absent; times are ISO 8601 in UTC; prices are the accepted ones: the price or more."""
    settings, ledger = context.settings(), context.ledger()
    if settings is None or ledger is None:
        return {"name": context.name, "status": "not deployed"}
    found = bedrock_calls.find(context.clients.bedrock, context.name)
    wanted = wanted_state(settings, ledger, context.clock())
    status = str(found["status"]) if found else "absent"
    return {
        "name": context.name,
        "status": status,
        "state": ledger.state,
        "since": ledger.since,
        "why": ledger.why,
        "who": ledger.who,
        "wanted": wanted.state,
        "wanted_why": wanted.why,
        "next_change": _text(wanted.until),
        "next_state": None if wanted.until is None else "released" if wanted.state == BOUGHT else "by schedule",
        "model_units": found["modelUnits"] if found else settings.throughput.model_units,
        "alias": settings.throughput.alias,
        "accepted_usd_per_day": _per_day(settings, billed=status not in NOT_BILLED),
        "accepted_usd_per_hour": settings.throughput.accepted_hourly_cost_usd,
        **_commitment(found),
    }


def _per_day(settings: Settings, *, billed: bool) -> float | None:
    hourly = settings.throughput.accepted_hourly_cost_usd
    if not billed:
        return 0.0
    return None if hourly is None else round(hourly * 24, 2)


def _commitment(found: "Throughput | None") -> dict[str, Any]:
    if not found or not found.get("commitmentDuration"):
        return {"commitment": None, "committed_until": None}
    return {
        "commitment": found.get("commitmentDuration"),
        "committed_until": _text(found.get("commitmentExpirationTime")),
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
