"""What a provisioned throughput should be: the properties that its stack gives it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from custom_resources.framework.properties import Properties
from custom_resources.framework.request import Request
from kit_contract.errors import ResourceFailedError

if TYPE_CHECKING:
    from mypy_boto3_bedrock.literals import CommitmentDurationType

COMMITMENTS = ("OneMonth", "SixMonths")


@dataclass(frozen=True)
class ThroughputProperties:
    """`owner` is <stack>/<logical id>. With a `schedule` (JSON) the controller buys, and nobody does from the day
    `expires` (ISO 8601). `accepted_hourly_cost_usd` is what the user accepted for all model units: the price or more.
    """

    name: str
    owner: str
    kit_deployment: str
    model_units: int
    commitment: "CommitmentDurationType | None"
    model_identifier: str | None
    customization: str | None
    alias: str | None
    schedule: str | None = None
    expires: str | None = None
    accepted_hourly_cost_usd: float | None = None

    @classmethod
    def of(cls, request: Request) -> "ThroughputProperties":
        return cls.parsed(request.properties, owner=f"{request.stack_name}/{request.logical_id}")

    @classmethod
    def before(cls, request: Request) -> "ThroughputProperties | None":
        """What an Update changes."""
        return cls.of(replace(request, properties=request.old_properties)) if request.old_properties else None

    @classmethod
    def parsed(cls, values: Mapping[str, Any], *, owner: str) -> "ThroughputProperties":
        properties = Properties(values)
        commitment = properties.optional_text("CommitmentDuration")
        if commitment is not None and commitment not in COMMITMENTS:
            raise ResourceFailedError(
                f"property CommitmentDuration must be one of {', '.join(COMMITMENTS)} or absent, got {commitment!r}; "
                "correct it in the template"
            )
        price = properties.optional_text("AcceptedHourlyCostUsd")
        return cls(
            owner=owner,
            name=properties.text("ProvisionedModelName"),
            kit_deployment=properties.text("KitDeployment"),
            model_units=properties.integer("ModelUnits", minimum=1),
            commitment=cast("CommitmentDurationType | None", commitment),
            model_identifier=properties.optional_text("ModelIdentifier"),
            customization=properties.optional_text("Customization"),
            alias=properties.optional_text("Alias"),
            schedule=properties.optional_text("Schedule"),
            expires=properties.optional_text("Expires"),
            accepted_hourly_cost_usd=float(price) if price else None,
        )
