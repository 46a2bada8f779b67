"""The settings of one throughput: the SSM parameter that CloudFormation writes after it creates the throughput."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from custom_resources.account import json_parameter
from custom_resources.provisioned_throughput.properties import ThroughputProperties
from kit_contract.parameters import throughput_settings
from provisioned_throughput_controller.schedule import Schedule

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


@dataclass(frozen=True)
class Settings:
    """From the instant `expires` on the throughput is released for good."""

    throughput: ThroughputProperties
    schedule: Schedule | None
    expires: datetime | None
    release_when_idle_hours: int | None

    @property
    def name(self) -> str:
        return self.throughput.name


def read_settings(ssm: "SSMClient", kit_deployment: str, throughput: str) -> Settings | None:
    """None if the throughput is not deployed: then nothing may be bought."""
    value = json_parameter.read(ssm, throughput_settings(kit_deployment, throughput))
    return parsed(value) if value is not None else None


def parsed(value: Mapping[str, Any]) -> Settings:
    schedule = Schedule.parsed(value["schedule"]) if value.get("schedule") else None
    zone = schedule.zone if schedule else UTC
    expires = value.get("expires")
    idle = value.get("release_when_idle_hours")
    return Settings(
        throughput=ThroughputProperties.parsed(value["properties"], owner=value["owner"]),
        schedule=schedule,
        expires=datetime.combine(date.fromisoformat(expires), time.min, zone).astimezone(UTC) if expires else None,
        release_when_idle_hours=int(idle) if idle else None,
    )
