"""`kit keys`: a key is printed once and stored as a hash; the stack's own value stays."""

import json
from pathlib import Path

import pytest

from kit import embedded_outputs
from kit_contract.api_keys import SECRET_BYTES, api_key, hash_of, write_managed
from tests.kit.keys.commands import NOW, kit, printed
from tests.kit.keys.fake_aws import DEFAULT, FakeAws


def test_a_key_is_printed_once_and_stored_as_a_hash(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    key = printed(capsys, "add", "web")

    assert len(key) >= 40
    assert key.startswith("bk-")
    entry = aws.stored["web"]
    assert (entry["sha256"], entry["last4"], entry["created"]) == (hash_of(key), key[-4:], "2027-01-15T08:00:00Z")
    assert not any(key in value for value in aws.versions.values())
    assert kit("list") == 0
    assert kit("list", "--json") == 0
    output = capsys.readouterr().out
    assert key not in output
    assert key[-4:] in output
    assert hash_of(key)[:8] in output


def test_keys_differ(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    assert len({printed(capsys, "add", f"caller{number}") for number in range(20)}) == 20
    assert len({entry["usage"] for entry in aws.stored.values()}) == 21


def test_the_first_change_keeps_the_stacks_key_and_the_value_that_cloudformation_reads(
    aws: FakeAws, capsys: pytest.CaptureFixture[str]
) -> None:
    printed(capsys, "add", "web")

    assert aws.versions[aws.labels["AWSCURRENT"]] == DEFAULT
    assert aws.stored["default"] == {
        "sha256": hash_of(DEFAULT),
        "usage": DEFAULT,
        "usage_id": None,
        "last4": "dddd",
        "created": "2026-11-01T12:00:00Z",
        "replaced": [],
    }
    assert set(aws.labels) == {"AWSCURRENT", "BEDROCK_KIT_KEYS"}  # no draft is left


def test_keys_written_by_hand_are_taken_over(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.versions[aws.labels["AWSCURRENT"]] = json.dumps({"keys": {"old": "o" * 40, "New One": "n" * 40}})

    printed(capsys, "add", "web")

    assert {name: entry["usage"] for name, entry in aws.stored.items() if name != "web"} == {
        "old": "o" * 40,
        "New One": "n" * 40,
    }
    assert kit("remove", "New One", "--yes") == 0
    assert aws.stored.keys() == {"old", "web"}


def test_each_name_counts_its_requests_by_itself(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    printed(capsys, "add", "web")

    (made,) = aws.usage_keys.values()
    assert (made["value"], made["name"], made["enabled"]) == (aws.stored["web"]["usage"], "sup-web", True)
    assert made["tags"] == {"bedrock-kit:deployment": "sup"}
    assert aws.in_plan == {"key1"}
    assert kit("remove", "web", "--yes") == 0
    assert aws.usage_keys == {"key1": None}


@pytest.mark.parametrize(("grace", "until"), [((), 86_400), (("--grace", "30m"), 1800), (("--grace", "7d"), 604_800)])
def test_a_rotation_keeps_the_old_key_for_the_grace_period(
    aws: FakeAws, capsys: pytest.CaptureFixture[str], grace: tuple[str, ...], until: int
) -> None:
    old = printed(capsys, "add", "web")
    before = aws.stored["web"]

    new = printed(capsys, "rotate", "web", *grace)

    after = aws.stored["web"]
    assert (after["sha256"], after["usage"]) == (hash_of(new), before["usage"])
    assert after["replaced"] == [{"sha256": hash_of(old), "until": NOW + until}]


def test_a_rotation_without_grace_ends_every_old_key(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    printed(capsys, "rotate", "default")
    printed(capsys, "rotate", "default", "--grace", "0")

    assert aws.stored["default"]["replaced"] == []
    assert hash_of(DEFAULT) not in json.dumps(aws.stored)


def test_old_keys_that_have_ended_are_forgotten(
    aws: FakeAws, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    printed(capsys, "rotate", "default", "--grace", "1h")
    monkeypatch.setattr("time.time", lambda: NOW + 3600)
    printed(capsys, "rotate", "default", "--grace", "1h")

    assert [item["until"] for item in aws.stored["default"]["replaced"]] == [NOW + 7200]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("add", "Web App"), 2, "NAME must be 2 to 31 lowercase letters"),
        (("add", "default"), 2, "default exists already"),
        (("rotate", "absent"), 2, "there is no key 'absent'; the keys are: default"),
        (("remove", "absent", "--yes"), 2, "there is no key 'absent'"),
        (("rotate", "default", "--grace", "soon"), 2, "--grace must be 0 or a time such as 30m"),
        (("rotate", "default", "--grace", "91d"), 2, "at most 90d"),
        (("rotate", "default", "--grace=-1h"), 2, "--grace"),
        (("remove", "default"), 2, "add --yes"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    aws: FakeAws, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, message: str
) -> None:
    assert kit(*arguments) == code

    assert message in capsys.readouterr().err
    assert set(aws.labels) == {"AWSCURRENT"}
    assert aws.usage_keys == {}


def test_a_no_removes_nothing(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: "")

    assert kit("remove", "default") == 1
    assert set(aws.labels) == {"AWSCURRENT"}


def test_more_keys_than_a_secret_holds_are_refused(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    many = {f"caller{number}": api_key("k" * 40, usage=f"{number:0128d}") for number in range(225)}
    aws.versions["m" * 32], aws.labels["BEDROCK_KIT_KEYS"] = write_managed(many), "m" * 32

    codes = [kit("add", f"new{number}") for number in range(5)]

    assert (codes[0], codes[-1]) == (0, 2)
    assert "a secret holds 65,536; remove keys that nobody uses" in capsys.readouterr().err
    assert len(aws.versions[aws.labels["BEDROCK_KIT_KEYS"]]) <= SECRET_BYTES


@pytest.mark.parametrize("secret", ["", "{", '{"keys": {"web": 5}}'])
def test_faults_of_a_value_written_by_hand_are_named(
    aws: FakeAws, capsys: pytest.CaptureFixture[str], secret: str
) -> None:
    aws.versions[aws.labels["AWSCURRENT"]] = secret

    assert kit("list") == 1
    assert "written by hand, and not used" in capsys.readouterr().err
    assert kit("add", "other") == 1
    assert "has faults" in capsys.readouterr().err
    assert set(aws.labels) == {"AWSCURRENT"}


def test_a_changed_version_of_kit_keys_is_named(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.labels["BEDROCK_KIT_KEYS"] = aws.labels["AWSCURRENT"]

    assert kit("list") == 1
    assert "update-secret-version-stage" in capsys.readouterr().err


def test_an_older_deployment_must_be_deployed_first(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    del aws.outputs["UsagePlanId"]

    assert kit("add", "web") == 1
    assert "deploy it again with this version of the kit" in capsys.readouterr().err


def test_the_default_key_of_the_embedded_aws_is_remembered(
    aws: FakeAws, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "outputs.json"
    rest = {"endpoint_url": "http://127.0.0.1:1", "region": "us-east-1", "deployment": "sup"}
    file.write_text(json.dumps({"api_key": "old", **rest}))
    monkeypatch.setattr(embedded_outputs, "OUTPUTS", file)

    printed(capsys, "add", "web", "--local")
    assert json.loads(file.read_text())["api_key"] == "old"
    key = printed(capsys, "--local", "rotate", "default")

    assert json.loads(file.read_text()) == {"api_key": key, **rest}

    other = {"api_key": key, **rest, "deployment": "deployed-later"}
    file.write_text(json.dumps(other))
    printed(capsys, "--local", "rotate", "default")
    assert json.loads(file.read_text()) == other
