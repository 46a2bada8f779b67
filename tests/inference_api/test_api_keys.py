"""The keys of the secret: what kit keys wrote wins, and a value that can't be read replaces nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from inference_api.api_keys import CACHE_SECONDS, RETRY_SECONDS, ApiKeys
from inference_api.aws.errors import AwsError
from kit_contract.api_keys import Replaced, api_key, hash_of, write_managed
from tests.inference_api.conftest import Clock

ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ApiKeySecret-abcdef"
WEB, BATCH, NEW = "w" * 40, "b" * 40, "n" * 40
BOTH = json.dumps({"keys": {"web": WEB, "batch": BATCH}})
UNREADABLE = [
    "",
    "  \n",
    "{",
    BOTH + ",",
    BOTH[:-1] + ",}",
    "[]",
    '"text"',
    "{}",
    '{"keys": []}',
    '{"keys": {}}',
    '{"key": {"web": "' + NEW + '"}}',
    '{"keys": {"web": "' + NEW + '"}, "keys": {"web": "' + NEW + '"}}',
    "too short",
    "n" * 129,
    f"{NEW} {NEW}",
    "[" * 100_000,
]
# The fault is about one name: the others are read.
PARTLY = [
    f'{{"keys": {{"new": "{NEW}", "batch": 5}}}}',
    f'{{"keys": {{"new": "{NEW}", "batch": ""}}}}',
    f'{{"keys": {{"new": "{NEW}", "batch": null}}}}',
    f'{{"keys": {{"new": "{NEW}", "batch": ["{NEW}"]}}}}',
    f'{{"keys": {{"new": "{NEW}", "batch": "short"}}}}',
    f'{{"keys": {{"new": "{NEW}", "batch": "{NEW}"}}}}',
    f'{{"keys": {{"batch": "{"x" * 40}", "new": "{NEW}", "batch": "{"y" * 40}"}}}}',
]


class Secret:
    """The values by staging label. `fail` makes every read fail."""

    def __init__(self, **stages: str) -> None:
        self.stages, self.fail, self.reads = stages, False, 0

    def get_secret_value(self, stage: str) -> str:
        self.reads += 1
        if self.fail:
            raise AwsError("InternalServiceError", "x", status=500)
        if stage not in self.stages:
            raise AwsError("ResourceNotFoundException", "x", status=400)
        return self.stages[stage]


@pytest.fixture
def clock() -> Clock:
    return Clock()


Make = Callable[[Secret], ApiKeys]


@pytest.fixture
def make(clock: Clock) -> Make:
    return lambda secret: ApiKeys(secret, clock, clock)


def name_of(keys: ApiKeys, key: str) -> str | None:
    caller = keys.caller_with(key)
    return caller.name if caller else None


@pytest.mark.parametrize("edit", [*UNREADABLE, *PARTLY])
def test_a_bad_edit_keeps_the_last_good_value(
    make: Make, clock: Clock, edit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = Secret(AWSCURRENT=BOTH)
    keys = make(secret)
    assert name_of(keys, BATCH) == "batch"
    secret.stages = {"AWSCURRENT": edit, "AWSPREVIOUS": BOTH}
    clock.now += CACHE_SECONDS

    assert (name_of(keys, BATCH), name_of(keys, NEW)) == ("batch", "new" if edit in PARTLY else None)

    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["faults"].keys() == ({"batch"} if edit in PARTLY else {""})
    assert not any(secret_text in line for secret_text in (WEB[:5], BATCH[:5], NEW[:5], "yyyy"))


@pytest.mark.parametrize("edit", [*UNREADABLE, *PARTLY])
def test_a_cold_start_after_a_bad_edit_reads_the_previous_value(make: Make, edit: str) -> None:
    keys = make(Secret(AWSCURRENT=edit, AWSPREVIOUS=BOTH))

    assert (name_of(keys, BATCH), name_of(keys, NEW)) == ("batch", "new" if edit in PARTLY else None)
    assert name_of(keys, WEB) == (None if edit in PARTLY else "web")


@pytest.mark.parametrize("edit", ["", "{", '{"keys": {"web": 5}}'])
def test_two_bad_edits_accept_no_key_and_do_not_fail(make: Make, edit: str) -> None:
    keys = make(Secret(AWSCURRENT=edit, AWSPREVIOUS="{"))

    assert [name_of(keys, key) for key in (WEB, "", edit, "{")] == [None] * 4


def test_the_secret_is_read_again_after_the_cache_time(make: Make, clock: Clock) -> None:
    secret = Secret(AWSCURRENT=WEB)
    keys = make(secret)
    assert name_of(keys, WEB) == "default"
    secret.stages["AWSCURRENT"] = NEW
    clock.now += CACHE_SECONDS - 1
    assert name_of(keys, WEB) == "default"

    clock.now += 1

    assert (name_of(keys, WEB), name_of(keys, NEW)) == (None, "default")
    assert secret.reads == 4


def test_a_new_key_is_accepted_soon_and_wrong_ones_cause_few_reads(make: Make, clock: Clock) -> None:
    secret = Secret(BEDROCK_KIT_KEYS=write_managed({"app": api_key(WEB, usage="u" * 32)}))
    keys = make(secret)
    assert name_of(keys, WEB) == "app"
    secret.stages["BEDROCK_KIT_KEYS"] = write_managed({"app": api_key(NEW, usage="u" * 32)})

    assert [name_of(keys, NEW) for _ in range(100)] == [None] * 100
    assert secret.reads == 1
    clock.now += RETRY_SECONDS
    assert [name_of(keys, NEW), name_of(keys, WEB)] == ["app", None]
    assert secret.reads == 2


def test_a_secret_that_cannot_be_read_keeps_the_keys_and_is_not_asked_at_every_request(
    make: Make, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = Secret(AWSCURRENT=WEB)
    keys = make(secret)
    name_of(keys, WEB)
    secret.fail, secret.reads = True, 0
    clock.now += CACHE_SECONDS

    assert [name_of(keys, WEB) for _ in range(20)] == ["default"] * 20
    assert secret.reads <= 10  # botocore's retries of one read
    assert "InternalServiceError" in capsys.readouterr().err
    secret.fail, secret.stages["AWSCURRENT"] = False, NEW
    clock.now += RETRY_SECONDS
    assert name_of(keys, NEW) == "default"


def test_without_any_value_the_failure_is_raised(make: Make) -> None:
    secret = Secret()
    with pytest.raises(Exception, match="ResourceNotFoundException"):
        make(secret).caller_with(WEB)


def test_what_kit_keys_wrote_alone_counts(make: Make, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    until = int(clock.now) + 10
    entry = api_key(NEW, usage="u" * 32).changed(replaced=(Replaced(hash_of(BATCH), until),))
    secret = Secret(AWSCURRENT=WEB, BEDROCK_KIT_KEYS=write_managed({"app": entry}))
    keys = make(secret)

    assert [name_of(keys, key) for key in (WEB, NEW, BATCH)] == [None, "app", "app"]
    found = keys.caller_with(BATCH)
    assert found
    assert found.usage == "u" * 32
    assert secret.reads == 1
    clock.now = until
    assert [name_of(keys, key) for key in (NEW, BATCH, entry.sha256, entry.usage)] == ["app", None, None, None]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("edit", ["", "{", BOTH, WEB, "[" * 100_000, '{"format": 2, "keys": {}}'])
def test_an_unreadable_value_of_kit_keys_does_not_bring_removed_keys_back(
    make: Make, clock: Clock, edit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write_managed({"app": api_key(NEW, usage="u" * 32)})
    secret = Secret(AWSCURRENT=WEB, AWSPREVIOUS=WEB, BEDROCK_KIT_KEYS=good)
    warm = make(secret)
    assert name_of(warm, NEW) == "app"
    secret.stages["BEDROCK_KIT_KEYS"] = edit
    clock.now += CACHE_SECONDS

    assert [name_of(warm, key) for key in (WEB, NEW)] == [None, "app"]
    assert [name_of(make(secret), key) for key in (WEB, NEW)] == [None, None]
    assert all(json.loads(line)["faults"][""] for line in capsys.readouterr().err.splitlines())
