"""[provisioned_throughput.*]: model units that are billed by the hour."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from deployment.sections.section import TIME, EmailAddress, Section


class CapacitySchedule(Section):
    """When it is there: on `days` from `from` to `to` of `time_zone`; a `to` at or before `from` is the next day's."""

    days: Annotated[list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]], Field(min_length=1)]
    start: Annotated[str, Field(alias="from", pattern=TIME)]
    end: Annotated[str, Field(alias="to", pattern=TIME)]
    time_zone: str


class ProvisionedThroughput(Section):
    """Billed by the hour from creation to deletion.

    `accept_hourly_cost_usd` is the consent to the price of all model units, `accept_unknown_price` the one to a price
    that the price list does not have, `accept_total_cost_usd` the one to the whole term of a commitment.
    `notify`: mail addresses.
    """

    model: str | None = None
    customization: str | None = None
    alias: str | None = None
    model_units: Annotated[int, Field(ge=1, le=100)] = 1
    commitment: Literal["none", "OneMonth", "SixMonths"] = "none"
    accept_hourly_cost_usd: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    accept_unknown_price: bool = False
    accept_total_cost_usd: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    schedule: CapacitySchedule | None = None
    expires: date | None = None
    release_when_idle_hours: Annotated[int, Field(ge=1, le=720)] | None = None
    notify: list[EmailAddress] = []
