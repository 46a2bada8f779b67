"""The states that make an external model: create, wait, look, and go on by its status.

Copy (creates the job), or CopyAdopt (an earlier attempt has created it) -> CopyBegin
CopyBegin -> CopyWait (20 s, then twice as long each time, 21 minutes at most) -> CopyStatus -> CopyWait ...
done      -> CopyDone, whose model is promoted like one that was trained
failed, or a status that is unknown here -> Failed with Bedrock's message
A look is nine events of the history, so 30 days have less than 19,000 of 25,000.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs.customization.external.kind import ExternalKind
from bedrock_constructs.customization.lambda_task import QUOTA
from kit_contract.runs import RunSpecification
from kit_contract.tags import ALIAS_TAG, DEPLOYMENT_TAG

FIRST_PAUSE, LONG_PAUSE = 20, 1280  # seconds
OUTAGES = {
    "ErrorEquals": ["Bedrock.ThrottlingException", "Bedrock.InternalServerException", "Bedrock.SdkClientException"],
    "IntervalSeconds": 30,
    "MaxAttempts": 8,
    "BackoffRate": 2,
    "MaxDelaySeconds": 900,
    "JitterStrategy": "FULL",
}
# What was created a moment ago may not be found yet.
YOUNG = {
    "ErrorEquals": ["Bedrock.ResourceNotFoundException"],
    "IntervalSeconds": 10,
    "MaxAttempts": 6,
    "BackoffRate": 1,
}
TURN = {"ErrorEquals": [f"Bedrock.{QUOTA}"], "IntervalSeconds": 600, "MaxAttempts": 144, "BackoffRate": 1}


def add_external(
    scope: Construct,
    choice: sfn.Choice,
    kind: ExternalKind,
    items: Sequence[RunSpecification],
    kit_deployment: str,
    failed: sfn.Fail,
    following: sfn.IChainable,
) -> None:
    """Lets the choice make the models of this kind. A request cannot leave a member out: one state for each set."""
    begin = _follow(scope, kind, failed, following)
    is_kind = sfn.Condition.string_equals("$.specification.method", kind.method)
    adopted = sfn.Condition.and_(is_kind, sfn.Condition.is_present("$.check.adopted"))
    choice.when(adopted, _adopt(scope, kind).next(begin))
    for members in sorted({kind.members(item) for item in items}):
        create = _create(scope, kind, members, kit_deployment).add_catch(failed, result_path="$.failure")
        choice.when(sfn.Condition.and_(is_kind, *_has(kind, members)), create.next(begin))


def _has(kind: ExternalKind, members: Sequence[str]) -> Iterator[sfn.Condition]:
    for name in (*kind.source, kind.key):
        path = f"$.specification.job_members.{name}"
        yield sfn.Condition.is_present(path) if name in members else sfn.Condition.is_not_present(path)


def _create(scope: Construct, kind: ExternalKind, members: Sequence[str], kit_deployment: str) -> sfn.CustomState:
    tags = [
        {"Key": DEPLOYMENT_TAG, "Value": kit_deployment},
        {"Key": ALIAS_TAG, "Value.$": "$.specification.alias"},
    ]
    state: dict[str, Any] = {
        "Type": "Task",
        "Resource": f"arn:{Stack.of(scope).partition}:states:::aws-sdk:bedrock:{kind.create}",
        "Parameters": kind.request(members, tags),
        "ResultSelector": {"arn.$": f"$.{kind.created}"},
        "ResultPath": "$.created",
        "Retry": [OUTAGES, TURN],
    }
    return sfn.CustomState(scope, kind.state_name(members), state_json=state)


def _adopt(scope: Construct, kind: ExternalKind) -> sfn.Pass:
    """Of what an earlier attempt at this run has begun: a copy cannot be stopped."""
    arn = sfn.JsonPath.string_at("$.check.adopted")
    return sfn.Pass(scope, f"{kind.verb}Adopt", parameters={"arn": arn}, result_path="$.created")


def _follow(scope: Construct, kind: ExternalKind, failed: sfn.Fail, following: sfn.IChainable) -> sfn.Pass:
    """The first of the states that look until there is a verdict."""
    verb, seconds = kind.verb, "$.pause.seconds"
    begin = sfn.Pass(scope, f"{verb}Begin", parameters={"seconds": FIRST_PAUSE}, result_path="$.pause")
    wait = sfn.Wait(scope, f"{verb}Wait", time=sfn.WaitTime.seconds_path(seconds))
    status, choice = _look(scope, kind, failed), sfn.Choice(scope, f"{verb}Choice")
    twice = sfn.JsonPath.math_add(sfn.JsonPath.number_at(seconds), sfn.JsonPath.number_at(seconds))
    longer = sfn.Pass(scope, f"{verb}Longer", parameters={"seconds": twice}, result_path="$.pause")
    is_long = sfn.Condition.number_greater_than_equals(seconds, LONG_PAUSE)
    choice.when(_is(kind, kind.done), _done(scope, kind, following))
    choice.when(_is(kind, kind.failed), _failure(scope, kind, failed))
    choice.when(sfn.Condition.and_(_is(kind, kind.busy), is_long), wait)
    choice.when(_is(kind, kind.busy), longer)
    unknown = sfn.Pass(
        scope,
        f"{verb}Unknown",
        parameters={
            "Error": "UnknownStatus",
            "Cause": sfn.JsonPath.format(
                "{} is {}, which this release of the kit does not know; update the kit",
                sfn.JsonPath.string_at("$.created.arn"),
                sfn.JsonPath.string_at(f"$.made.{kind.status}"),
            ),
        },
        result_path="$.failure",
    )
    choice.otherwise(unknown)
    unknown.next(failed)
    begin.next(wait)
    wait.next(status)
    status.next(choice)
    longer.next(wait)
    return begin


def _look(scope: Construct, kind: ExternalKind, failed: sfn.Fail) -> sfn.CustomState:
    state: dict[str, Any] = {
        "Type": "Task",
        "Resource": f"arn:{Stack.of(scope).partition}:states:::aws-sdk:bedrock:{kind.get}",
        "Parameters": {f"{kind.identifier}.$": "$.created.arn"},
        "ResultPath": "$.made",
        "Retry": [OUTAGES, YOUNG],
    }
    look = sfn.CustomState(scope, f"{kind.verb}Status", state_json=state)
    return look.add_catch(failed, result_path="$.failure")


def _is(kind: ExternalKind, value: str) -> sfn.Condition:
    return sfn.Condition.string_equals(f"$.made.{kind.status}", value)


def _done(scope: Construct, kind: ExternalKind, following: sfn.IChainable) -> sfn.IChainable:
    done = sfn.Pass(
        scope,
        f"{kind.verb}Done",
        parameters={
            "custom_model_arn": sfn.JsonPath.string_at(f"$.made.{kind.model}"),
            "job_arn": sfn.JsonPath.string_at("$.created.arn"),
        },
        result_path="$.model",
    )
    return done.next(following)


def _failure(scope: Construct, kind: ExternalKind, failed: sfn.Fail) -> sfn.IChainable:
    """Bedrock's own message, which it may leave out."""

    def cause(name: str, text: str) -> sfn.IChainable:
        parameters = {"Error": f"{kind.verb}Failed", "Cause": text}
        state = sfn.Pass(scope, f"{kind.verb}{name}", parameters=parameters, result_path="$.failure")
        return state.next(failed)

    message = "$.made.FailureMessage"
    told = sfn.Choice(scope, f"{kind.verb}Told")
    told.when(sfn.Condition.is_present(message), cause("Reason", sfn.JsonPath.string_at(message)))
    return told.otherwise(cause("NoReason", "Bedrock gave no reason"))
