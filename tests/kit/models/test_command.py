"""What `kit models` prints: bad input first, then the table, one model, a comparison; and what it imports."""

import json
import subprocess
import sys
from typing import get_args

import pytest

from deployment.sections.training import Customization
from kit.__main__ import main
from kit.models.facts import RUN_BY_KIT

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


@pytest.mark.parametrize(
    ("option", "value", "allowed"), [("--provider", "nobody", "Amazon, "), ("--region", "us-est-1", "us-east-1, ")]
)
def test_an_unknown_provider_or_region_is_told_with_those_there_are(
    option: str, value: str, allowed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", option, value]) == 2

    error = capsys.readouterr().err
    assert error.startswith(f"kit models: {option} must be ")
    assert allowed in error
    assert error.endswith(f"; got {value!r}\n")


def test_filters_that_nothing_fits_give_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(printed(capsys, "--provider", "cohere", "--modality", "video", "--json")) == []


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


def row_of(model: str, text: str) -> list[str]:
    return next(line for line in text.splitlines() if line.startswith(f"{model} ")).split()


def test_the_table_tells_what_is_legacy_what_has_ended_and_where_sources_differ(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = printed(capsys)

    assert row_of("ai21.jamba-1-5-mini-v1:0", table)[-2:] == ["X", "2026-11-26"]
    assert row_of("meta.llama3-3-70b-instruct-v1:0", table)[-1] == "L*2027-03-30"
    assert "f" in row_of("meta.llama3-3-70b-instruct-v1:0", table)  # no new jobs
    assert row_of("openai.gpt-5.5", table)[3] == "272K*"
    assert row_of("google.gemma-4-31b", table)[1] == "TIV*"
    assert "Legacy models take no new customers" in table
    haiku = printed(capsys, "--region", "eu-west-3", "--provider", "anthropic")
    assert row_of("anthropic.claude-3-haiku-20240307-v1:0", haiku)[-2:] == ["X", "2026-09-10"]


def test_what_can_be_customized_is_not_legacy(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(printed(capsys, "--customizable", "FINE_TUNING", "--output", "text", "--json"))

    assert {model["inference_id"] for model in listed} == {
        *("amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0", "amazon.nova-2-lite-v1:0")
    }


@pytest.mark.parametrize(
    ("model", "texts"),
    [
        ("openai.gpt-5.5", ["context tokens             272,000 [1]; 922,000 [2]"]),
        ("google.gemma-4-e2b", ["input                      audio, image, text, video [1]; text [2]"]),
        ("meta.llama3-3-70b-instruct-v1:0", ["LEGACY [5]; ACTIVE [6]", "15 days without a request"]),
        ("anthropic.claude-3-haiku-20240307-v1:0", ["status in single regions   ENDED, end of life 2026-09-10: ap-"]),
        ("ai21.jamba-1-5-mini-v1:0", ["status                     ENDED"]),
        ("openai.gpt-oss-20b", ["in us-west-2 at the bedrock-mantle endpoint; the kit does not run it"]),
        ("amazon.nova-2-lite-v1:0", ["reinforcement fine tuning  in us-east-1"]),
    ],
)
def test_one_model_is_shown_with_what_sources_say_and_what_the_kit_does(
    model: str, texts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    shown = printed(capsys, "show", model)

    assert [text for text in texts if text not in shown] == []


def test_the_kit_runs_the_methods_that_a_deployment_can_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert get_args(Customization.model_fields["method"].annotation) == RUN_BY_KIT
    (model,) = json.loads(printed(capsys, "compare", "qwen.qwen3-32b", "--json"))
    method = model["customizations"]["REINFORCEMENT_FINE_TUNING"]
    assert (method["regions"], method["endpoint"], method["run_by_kit"]) == (["us-west-2"], "bedrock-mantle", False)
    assert method["source"]["text"].startswith("docs.aws.amazon.com/bedrock userguide fine-tuning-openai-apis")


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
