"""One execution of a customization at a time that may train, however many ask at one moment.

The list of running executions lags behind. So whoever starts one writes its name into an object that S3 lets one of two
writers write. The turn ends with its execution: nobody has to give it back, and a crash keeps nobody waiting for long.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

import json
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from customization.conditional_write import write_if
from customization.earlier_attempts import RUNNING, StartError
from kit_contract import run_names
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# Between a turn and its execution is one call, which boto3 may repeat.
STARTS_WITHIN = timedelta(minutes=10)


def take_turn(
    run: Run,
    name: str,
    *,
    s3: "S3Client",
    status: Callable[[str], str | None],
    given_way: Collection[str],
    now: datetime,
) -> None:
    """From now on the execution `name` may be started. Raises StartError while another one has its turn.

    `status` of an execution by its name; None if there is none. `given_way` were stopped for this run.
    """
    bucket, key = run.specification.bucket, run_names.turn_key(run.specification.customization)
    body = json.dumps({"execution": name, "taken_at": now.isoformat(timespec="seconds")}).encode()
    if write_if(s3, bucket, key, body, IfNoneMatch="*"):
        return
    found = s3.get_object(Bucket=bucket, Key=key)
    turn = json.loads(found["Body"].read())
    holder = turn["execution"]
    if holder not in (name, *given_way):
        is_fresh = now - datetime.fromisoformat(turn["taken_at"]) < STARTS_WITHIN
        holders = status(holder)
        if holders in RUNNING or (holders is None and is_fresh):
            raise StartError(busy(run, holder))
    if write_if(s3, bucket, key, body, IfMatch=found["ETag"]):
        return
    # An upload and the deploy that made it ask for the same execution at one moment: either may start it.
    winner = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())["execution"]
    if winner != name:
        raise StartError(busy(run, winner))


def busy(run: Run, other: str) -> str:
    """`other`: the execution that has its turn."""
    stop = f" (kit runs stop {run_names.run_of(other)})" if run_names.run_of(other) else ""
    return (
        f"{run.specification.customization} is being trained with other data or settings; wait for it or stop "
        f"it{stop}, then deploy or upload again"
    )
