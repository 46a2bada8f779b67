"""[provisioned_throughput.*]: model units that are billed by the hour."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from deployment.sections.section import TIME, EmailAddress, ModelId, Section


class CapacitySchedule(Section):
    """Its window: on `days` from `from` to `to` in `time_zone`. A `to` at or before `from` is on the next day."""

    days: Annotated[list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]], Field(min_length=1)]
    start: Annotated[str, Field(alias="from", pattern=TIME)]
    end: Annotated[str, Field(alias="to", pattern=TIME)]
    time_zone: str


class ProvisionedThroughput(Section):
    """Billed by the hour from creation to deletion.

    `accept_hourly_cost_usd` accepts the price of all model units, `accept_unknown_price` a price that the catalog does
    not have, `accept_total_cost_usd` the price of a commitment's whole term. `notify`: email addresses.
    """

    model: ModelId | None = None
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
