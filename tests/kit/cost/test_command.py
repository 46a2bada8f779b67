"""`kit cost`: the table, JSON, and errors without a traceback."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.__main__ import main
from tests.deployment_file import SHIPPED as SHIPPED_TEXT
from tests.deployment_file import deployment_file, shipped_file
from tests.price_list import price_list, row

SHIPPED = str(shipped_file())


@pytest.fixture(autouse=True)
def _one_price(tmp_path: Path) -> Iterator[None]:
    with price_list(tmp_path, [row("secret_month", 1.25, "month", service="secrets-manager")]):
        yield


def test_the_table_shows_amounts_missing_prices_and_the_command_that_fetches_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["cost", "--config", SHIPPED]) == 0

    out = capsys.readouterr().out
    assert "Idle, a month: at least 1.25" in out
    assert "1.25* API key" in out
    assert "missing  input tokens" in out
    assert "fetch prices with: kit models refresh" in out
    assert "price of training tokens of amazon.nova-micro-v1:0:128k in us-east-1" in out
    assert "Not counted, billed by use: requests to S3, CloudWatch Logs" in out
    assert "secrets-manager, secret month*: 1.25 per month, us-east-1; a test, 2026-11-25" in out


def test_json_holds_groups_missing_prices_and_the_traffic(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--requests", "7", "--input-tokens", "11", "--output-tokens", "13", "--seconds", "0.5"]
    assert main(["cost", "--config", SHIPPED, "--json", *arguments]) == 0

    answer = json.loads(capsys.readouterr().out)
    assert answer["traffic"] == {"requests": 7, "input_tokens": 11, "output_tokens": 13, "seconds": 0.5}
    assert (answer["groups"][0]["name"], answer["groups"][0]["usd"], answer["groups"][0]["at_least"]) == (
        "idle",
        1.25,
        True,
    )
    assert any("7 x 11 tokens" in line["what"] for group in answer["groups"] for line in group["lines"])
    assert answer["missing"]
    assert answer["fetch_missing_with"] == "kit models refresh"


def test_a_faulty_file_is_one_line_and_not_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "faulty.toml").write_text("[deployment]\nname = 'a'\n", encoding="utf-8")

    assert main(["cost", "--config", str(tmp_path / "faulty.toml")]) == 1
    assert "faulty.toml: deployment.region is missing; add it" in capsys.readouterr().err


def test_a_price_is_shown_before_it_is_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    section = '\n[provisioned_throughput.bot]\nmodel = "amazon.nova-lite-v1:0:300k"\nmodel_units = 2\n'
    file = deployment_file(tmp_path, SHIPPED_TEXT + section)
    rows = [row("provisioned_hour", 4.0, "hour", model="amazon.nova-lite-v1:0", commitment="none")]

    with price_list(tmp_path, rows):
        assert main(["cost", "--config", str(file)]) == 0

    assert "Provisioned throughput bot, an hour: 2 model units x 1 h: 8.00" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--requests", "-1"], ["--input-tokens", "1.5"], ["--seconds", "nan"]])
def test_impossible_traffic_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["cost", "--config", SHIPPED, *arguments])

    assert raised.value.code == 2
    assert f"got '{arguments[1]}'" in capsys.readouterr().err
