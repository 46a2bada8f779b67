"""Compares the app with what is deployed: all effects of the next deploy, and the difference of its price."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from billed_resources.kit_stacks import kit_stacks
from billed_resources.stack_cost import StackCost
from deployment.config import DeploymentConfig
from deployment.datasets import prepare_datasets
from kit.deploy.assembly import StackName
from kit.deploy.effects.effect import Effect, Kind, in_order
from kit.deploy.effects.of_stacks import effects_of_changes
from kit.deploy.effects.of_training import effects_of_training
from kit.deploy.effects.prices import Price, price_of
from kit.deploy.effects.resource_changes import Action, ResourceChange, resource_changes
from kit.deploy.effects.schemas import create_only_in
from kit.deploy.record import deployed_price
from kit.deploy.throughput_changes import Change, Need
from kit_contract.aws_errors import message_of

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

Clients = Callable[[str], Any]
# After a first deploy that failed: the CDK CLI deletes the stack and makes all of it again.
NEVER_MADE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED")
Templates = Mapping[StackName, Mapping[str, Any]]


@dataclass(frozen=True)
class Difference:
    """`counts`: stack -> how many of its resources are added, removed, updated and replaced; none: nothing changes."""

    effects: Sequence[Effect]
    before: Price | None
    after: Price
    counts: Mapping[str, Mapping[Action, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """What is to be deployed. `again` and `retry`: see effects_of_training. `absent`: stacks that left the file."""

    config: DeploymentConfig
    templates: Templates
    throughput: Sequence[Change] = ()
    absent: Sequence[StackCost] = ()
    again: frozenset[str] = frozenset()
    retry: bool = False


def difference(question: Question, cloudformation: Callable[[str], Any], client: Clients) -> Difference:
    """`cloudformation`: region -> client. Raises botocore's errors."""
    config = question.config
    changes = dict(_changes(question.templates, cloudformation))
    effects = [effect for stack, found in changes.items() for effect in effects_of_changes(config, stack, found)]
    datasets = prepare_datasets(config)
    effects += effects_of_training(config, datasets, client, again=question.again, retry=question.retry)
    effects += _of_throughput(question.throughput)
    effects += _of_absent(question.absent)
    counts = {stack: _counts(found) for stack, found in changes.items()}
    before = deployed_price(client("ssm"), config.deployment.name)
    return Difference(in_order(effects), before, price_of(config), counts)


def _changes(templates: Templates, cloudformation: Callable[[str], Any]) -> Iterator[tuple[str, list[ResourceChange]]]:
    regions = {name.region for name in templates}
    failed = {
        StackName(region, stack.name)
        for region in regions
        for stack in kit_stacks(cloudformation(region))
        if stack.status in NEVER_MADE
    }
    for name, template in templates.items():
        old = {} if name in failed else deployed_template(cloudformation(name.region), name.name)
        yield (
            name.name,
            resource_changes(old.get("Resources", {}), template.get("Resources", {}), create_only_in(name.region)),
        )


def deployed_template(cloudformation: "CloudFormationClient", stack: str) -> Mapping[str, Any]:
    """As it was deployed; empty if there is no such stack."""
    try:
        body: Any = cloudformation.get_template(StackName=stack, TemplateStage="Original").get("TemplateBody")
    except cloudformation.exceptions.ClientError as error:
        if "does not exist" not in message_of(error):
            raise
        return {}
    found = json.loads(body) if isinstance(body, str) else body
    return found or {}


def _counts(changes: Sequence[ResourceChange]) -> dict[Action, int]:
    return {action: number for action in Action if (number := sum(item.action is action for item in changes))}


def _of_throughput(changes: Sequence[Change]) -> Iterator[Effect]:
    for change in changes:
        if change.bought:
            hourly = "an unknown price" if change.hourly is None else f"{change.hourly:,.2f} USD"
            yield Effect(Kind.BUY, change.name, f"{change.what}, at {hourly} an hour", usd=change.until_end)
        elif change.need is Need.CONSENT:
            yield Effect(Kind.BUY, change.name, change.what, usd=change.until_end, optional=True)


def _of_absent(costs: Sequence[StackCost]) -> Iterator[Effect]:
    for cost in costs:
        what = f"no longer in the file; deleted with --remove-absent or --accept delete: {cost.in_words()}"
        yield Effect(Kind.DELETE, cost.stack.name, what, cost.stack.name, optional=True)
