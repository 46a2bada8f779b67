"""Settings and ledger of one throughput: read anew at every step, written when something changed, told once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from custom_resources.framework.lifecycle import ResourceFailedError
from custom_resources.provisioned_throughput.ledger import RELEASED, Ledger, Override, read_ledger, write_ledger
from provisioned_throughput_controller.settings import Settings, read_settings

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_service_quotas import ServiceQuotasClient
    from mypy_boto3_ssm import SSMClient

    from provisioned_throughput_controller.notices import Notices

WHO = "reconcile"


@dataclass(frozen=True)
class Clients:
    bedrock: "BedrockClient"
    ssm: "SSMClient"
    quotas: "ServiceQuotasClient"
    cloudwatch: "CloudWatchClient"
    runtime: "BedrockRuntimeClient"


@dataclass(frozen=True)
class Context:
    """`deployment` and `name` (in Bedrock) say which throughput's."""

    clients: Clients
    notices: "Notices"
    deployment: str
    name: str
    clock: Callable[[], datetime]

    def settings(self) -> Settings | None:
        return read_settings(self.clients.ssm, self.deployment, self.name)

    def ledger(self) -> Ledger | None:
        return read_ledger(self.clients.ssm, self.deployment, self.name)

    def write(self, ledger: Ledger, *, before: Ledger | None = None) -> None:
        if ledger != before:
            write_ledger(self.clients.ssm, self.deployment, self.name, ledger)

    def override(self, override: Override | None) -> None:
        """Overrule the schedule, or (None) stop to: the next step goes by it."""
        ledger = self.ledger()
        if ledger is None:
            raise ResourceFailedError(
                f"{self.name} is not deployed in {self.deployment}: it has no ledger; deploy first"
            )
        self.write(replace(ledger, override=override), before=ledger)

    def give_up(self, ledger: Ledger, override: Override) -> None:
        """Nothing is there and nothing is to be bought for now: say so once, in the ledger and to people."""
        released = ledger.moved(RELEASED, why=override.why, who=WHO, now=self.clock())
        self.write(replace(released, override=override))
        if override.why != ledger.why:
            self.notices.tell(
                f"{self.name}: not bought", f"{override.why}\nUntil: {override.until or 'kit capacity buy'}"
            )

    def tell_once(self, ledger: Ledger, mark: str, text: str) -> Ledger:
        if mark in ledger.warned:
            return ledger
        self.notices.tell(f"{self.name}: {mark}", text)
        told = replace(ledger, warned=(*ledger.warned, mark)[-10:])
        self.write(told)
        return told
