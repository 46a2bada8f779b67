"""What `kit models` prints: bad input first, then the table, one model, a comparison; and what it imports."""

import json
import subprocess
import sys

import pytest

from kit.__main__ import main

NEVER = ("pydantic", "boto3", "botocore", "aws_cdk", "pandas")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert main(["models", *arguments]) == code
    return capsys.readouterr().out


@pytest.mark.parametrize("action", ["show", "compare"])
def test_an_unknown_model_is_one_line_and_not_a_traceback(action: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", action, "amazon.nova-mikro-v1:0"]) == 2

    error = capsys.readouterr().err
    assert error.startswith(f"kit models {action}: 'amazon.nova-mikro-v1:0' is not in the model catalog; did you mean")
    assert error.count("\n") == 1


def test_filters_that_nothing_fits_give_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(printed(capsys, "--provider", "nobody", "--json")) == []


@pytest.mark.parametrize(
    "arguments", [[], ["--region", "eu-west-1"], ["--customizable", "fine-tuning"], ["--serve", "provisioned"]]
)
def test_the_table_fits_120_columns(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, *arguments).splitlines()

    assert lines[0].startswith("MODEL")
    assert len(lines) > 8
    assert max(map(len, lines)) <= 120


def test_what_is_left_out_as_unknown_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert "more left out: the catalog does not know whether they match" in printed(capsys, "--min-context", "1")


def test_the_json_of_a_model_keeps_both_ids_apart_and_unknown_null(capsys: pytest.CaptureFixture[str]) -> None:
    (model,) = (
        item
        for item in json.loads(printed(capsys, "--customizable", "FINE_TUNING", "--json"))
        if item["inference_id"] == "amazon.nova-2-lite-v1:0"
    )

    assert model["customization_id"] == "amazon.nova-2-lite-v1:0:256k"
    assert model["profile_required"] is True
    assert model["system_prompts"] is None
    assert model["customizations"]["FINE_TUNING"]["hyperparameters"]["epochCount"]["max"] == 5
    assert model["sources"]["tools"]["text"]


def test_both_kinds_of_id_show_the_same_model(capsys: pytest.CaptureFixture[str]) -> None:
    trained = printed(capsys, "show", "amazon.nova-micro-v1:0:128k")

    assert trained == printed(capsys, "show", "us.amazon.nova-micro-v1:0")
    assert "epochCount" in trained
    assert "context tokens             128,000 [1]" in trained
    assert "  [1]   docs.aws.amazon.com/bedrock/latest/userguide, model cards, 2026-10" in trained
    assert max(map(len, trained.splitlines())) <= 120


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_a_comparison_has_a_column_for_every_model(count: int, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = [item["inference_id"] for item in json.loads(printed(capsys, "--provider", "amazon", "--json"))][:count]
    text = printed(capsys, "compare", *chosen)

    assert max(map(len, text.splitlines())) <= 120
    assert text.count("Amazon)") == count
    assert json.loads(printed(capsys, "compare", *chosen, "--json"))[-1]["inference_id"] == chosen[-1]


@pytest.mark.parametrize("arguments", [["--help"], ["models", "--json"], ["models"]])
def test_nothing_slow_is_imported(arguments: list[str]) -> None:
    code = f"import sys; from kit.__main__ import main\ntry: main({arguments!r})\nexcept SystemExit: pass\n"
    code += f"sys.stderr.write(repr([name for name in {NEVER!r} if name in sys.modules]))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stderr == "[]"


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    command = f"{sys.executable} -m kit models --json | head -1"

    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)

    assert done.stdout == "[\n"
    assert done.stderr == ""
