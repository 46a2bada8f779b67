"""Two starts of other contents at one moment: S3 lets one of them begin, and a turn ends with its execution."""

import hashlib
import io
import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from customization.earlier_attempts import StartError
from customization.start_turn import STARTS_WITHIN, take_turn
from tests.customization.aws import RUN_ID, a_run, streamed, stubbed

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
KEY = "runs/.claims/turn.support.json"
MINE, THEIRS = f"support-{RUN_ID}", "support-fedcba9876543210"


class Bucket:
    """Conditional writes as S3 decides them. `before_write` runs between a reader's look and its write."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.before_write: list[Any] = []
        self._lock = threading.Lock()

    def put_object(self, **given: Any) -> dict[str, Any]:
        if "IfMatch" in given and self.before_write:
            self.before_write.pop(0)()
        with self._lock:
            found = self.objects.get(given["Key"])
            etag = hashlib.md5(found).hexdigest() if found is not None else None
            if ("IfNoneMatch" in given and etag) or ("IfMatch" in given and given["IfMatch"] != etag):
                response: Any = {"Error": {"Code": "PreconditionFailed"}, "ResponseMetadata": {"HTTPStatusCode": 412}}
                raise ClientError(response, "PutObject")
            self.objects[given["Key"]] = given["Body"]
        return {}

    def get_object(self, **given: Any) -> dict[str, Any]:
        content = self.objects[given["Key"]]
        return {"Body": io.BytesIO(content), "ETag": hashlib.md5(content).hexdigest()}

    def holder(self) -> str:
        return str(json.loads(self.objects[KEY])["execution"])


class Starts:
    def __init__(self) -> None:
        self.bucket = Bucket()
        self.statuses: dict[str, str] = {}

    def take(self, name: str = MINE, *, after: timedelta = timedelta(), given_way: tuple[str, ...] = ()) -> None:
        s3: Any = self.bucket
        take_turn(a_run(), name, s3=s3, status=self.statuses.get, given_way=given_way, now=NOW + after)


def test_of_two_threads_one_may_start() -> None:
    starts, together = Starts(), threading.Barrier(8)
    outcomes: list[str] = []

    def start(name: str) -> None:
        together.wait()
        try:
            starts.take(name)
            outcomes.append(name)
        except StartError:
            outcomes.append("")

    threads = [threading.Thread(target=start, args=(f"support-{number:016x}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [name for name in outcomes if name] == [starts.bucket.holder()]
    assert len(outcomes) == 8


def test_of_two_that_find_a_turn_that_has_ended_one_may_start() -> None:
    starts = Starts()
    starts.take("support-0000000000000000")
    starts.statuses["support-0000000000000000"] = "SUCCEEDED"
    starts.bucket.before_write = [lambda: starts.take(THEIRS)]

    with pytest.raises(StartError, match="support is being trained with other data or settings"):
        starts.take()
    assert starts.bucket.holder() == THEIRS


def test_of_two_that_ask_for_the_same_execution_at_one_moment_both_may_go_on() -> None:
    """An upload, and the deploy whose collector made it."""
    starts = Starts()
    starts.take("support-0000000000000000")
    starts.statuses["support-0000000000000000"] = "SUCCEEDED"
    starts.bucket.before_write = [lambda: starts.take(after=timedelta(seconds=1))]

    starts.take()

    assert starts.bucket.holder() == MINE


@pytest.mark.parametrize("status", ["RUNNING", "PENDING_REDRIVE", None])
def test_a_run_waits_for_one_that_runs_or_is_being_started(status: str | None) -> None:
    starts = Starts()
    starts.take(THEIRS)
    if status:
        starts.statuses[THEIRS] = status

    with pytest.raises(StartError, match=r"stop it \(kit runs stop fedcba9876543210\), then deploy or upload again"):
        starts.take(after=STARTS_WITHIN - timedelta(seconds=1))
    assert starts.bucket.holder() == THEIRS


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"])
def test_a_turn_ends_with_its_execution(status: str) -> None:
    starts = Starts()
    starts.take(THEIRS)
    starts.statuses[THEIRS] = status

    starts.take()

    assert starts.bucket.holder() == MINE


def test_a_crash_before_the_start_keeps_nobody_waiting_for_long() -> None:
    starts = Starts()
    starts.take(THEIRS)

    starts.take(after=STARTS_WITHIN)

    assert starts.bucket.holder() == MINE


def test_the_same_start_may_be_repeated() -> None:
    """A deploy's upload and its request, or Lambda after a failure: the execution's name keeps them to one."""
    starts = Starts()
    starts.take()
    starts.statuses[MINE] = "RUNNING"

    starts.take()


def test_an_execution_that_gave_way_keeps_no_turn() -> None:
    """Its status may lag behind the call that stopped it."""
    starts = Starts()
    starts.take(THEIRS)
    starts.statuses[THEIRS] = "RUNNING"

    starts.take(given_way=(THEIRS,))

    assert starts.bucket.holder() == MINE


def test_the_turn_is_read_and_written_with_parameters_of_s3() -> None:
    client, s3 = stubbed("s3")
    taken = json.dumps({"execution": MINE, "taken_at": NOW.isoformat()}).encode()
    s3.add_client_error("put_object", "PreconditionFailed", http_status_code=412)
    s3.add_response("get_object", {**streamed(taken), "ETag": '"0f"'}, {"Bucket": "the-bucket", "Key": KEY})
    s3.add_response("put_object", {})

    take_turn(a_run(), MINE, s3=client, status=lambda _: None, given_way=(), now=NOW)

    s3.assert_no_pending_responses()
