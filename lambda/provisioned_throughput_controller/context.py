"""The context of one throughput: its settings and ledger, read anew at every step, and the people to notify."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from custom_resources.provisioned_throughput import ledger
from custom_resources.provisioned_throughput.clients import Clients
from custom_resources.provisioned_throughput.ledger import RELEASED, Ledger, Override
from kit_contract.errors import ResourceFailedError
from provisioned_throughput_controller.settings import Settings, read_settings

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_sns import SNSClient

WHO = "reconcile"
SUBJECT_LIMIT = 100


@dataclass(frozen=True)
class ControllerClients(Clients):
    cloudwatch: "CloudWatchClient"
    runtime: "BedrockRuntimeClient"


class Notices:
    """A message to the stack's topic, and a line in the log for those who have no subscription."""

    def __init__(self, sns: "SNSClient", topic_arn: str) -> None:
        self._sns = sns
        self._topic_arn = topic_arn

    def send(self, subject: str, text: str) -> None:
        print(json.dumps({"notice": subject, "text": text}), file=sys.stderr)
        # SNS takes one line of ASCII as the subject; a reason that a person typed may be neither.
        line = " ".join(subject.encode("ascii", "replace").decode().split())
        self._sns.publish(TopicArn=self._topic_arn, Subject=line[:SUBJECT_LIMIT], Message=text)


@dataclass(frozen=True)
class Context:
    """`name` is the throughput's name in Bedrock."""

    clients: ControllerClients
    notices: Notices
    kit_deployment: str
    name: str
    clock: Callable[[], datetime]

    def settings(self) -> Settings | None:
        return read_settings(self.clients.ssm, self.kit_deployment, self.name)

    def ledger(self) -> Ledger | None:
        return ledger.read_ledger(self.clients.ssm, self.kit_deployment, self.name)

    def write(self, noted: Ledger, *, before: Ledger | None = None) -> None:
        if noted != before:
            ledger.write_ledger(self.clients.ssm, self.kit_deployment, self.name, noted)

    def override(self, override: Override | None) -> None:
        """Override the schedule from the next step on; None lifts the override."""
        before = self.ledger()
        if before is None:
            raise ResourceFailedError(
                f"{self.name} is not deployed in {self.kit_deployment}: it has no ledger; deploy it first"
            )
        self.write(replace(before, override=override), before=before)

    def give_up(self, before: Ledger, override: Override) -> None:
        """Nothing exists and nothing is to be bought for now: note it in the ledger, and notify people once."""
        released = before.moved(RELEASED, why=override.why, who=WHO, now=self.clock())
        self.write(replace(released, override=override))
        if override.why != before.why:
            until = override.until or "you run kit capacity buy"
            self.notices.send(f"{self.name}: not bought", f"{override.why}\nUntil: {until}")

    def notify_once(self, before: Ledger, mark: str, text: str) -> Ledger:
        """Send the notice unless the ledger has its `mark`; returns the ledger with it."""
        if mark in before.warned:
            return before
        self.notices.send(f"{self.name}: {mark}", text)
        warned = replace(before, warned=(*before.warned, mark)[-10:])
        self.write(warned)
        return warned
