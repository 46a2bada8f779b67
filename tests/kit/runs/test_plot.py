"""`kit runs plot`: curves of one run or several, in the terminal and as a picture."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kit.runs.chart import HEIGHT, chart
from kit.runs.series import Series, series_in
from tests.kit.runs.conftest import Runs
from tests.kit.runs.fake_account import ONE, TWO
from tests.kit.runs.fake_aws import FakeAws


def losses(*values: float, measure: str = "loss") -> list[dict[str, float]]:
    return [{"step": number, "epoch": 0, measure: value} for number, value in enumerate(values)]


@pytest.fixture
def aws(aws: FakeAws) -> FakeAws:
    for run, last in ((ONE, 0.5), (TWO, 0.25)):
        aws.add_run(run)
        aws.put(run, "metrics.json", {"steps": {"training": losses(2.0, 1.0, last), "validation": losses(1.5)}})
    return aws


def test_several_runs_are_in_one_chart(runs: Runs) -> None:
    code, printed, _ = runs("plot", ONE, TWO)

    assert code == 0
    assert printed.count("step 0") == 1
    for label in (
        f"*  support {ONE[:8]}: training loss: 2.000 -> 0.500, 3 steps",
        f"o  support {ONE[:8]}: validation loss: 1.500 -> 1.500, 1 step",
        f"+  support {TWO[:8]}: training loss: 2.000 -> 0.250, 3 steps",
    ):
        assert label in printed
    assert max(map(len, printed.splitlines())) <= 110


def test_rewards_have_a_chart_of_their_own(aws: FakeAws, runs: Runs) -> None:
    both = [loss | reward for loss, reward in zip(losses(1, 0.5), losses(0.1, 0.9, measure="reward"), strict=True)]
    aws.put(ONE, "metrics.json", {"steps": {"training": both, "validation": losses(0.2, 0.8, measure="reward")}})

    _, printed, _ = runs("plot", ONE)

    assert [line for line in printed.splitlines() if line in ("loss", "reward")] == ["loss", "reward"]
    assert "*  support: training loss: 1.000 -> 0.500" in printed
    assert "*  support: training reward: 0.100 -> 0.900" in printed
    assert "o  support: validation reward: 0.200 -> 0.800" in printed


@pytest.mark.parametrize(("suffix", "begins"), [(".png", b"\x89PNG"), (".svg", b"<?xml")])
def test_a_picture_is_written(runs: Runs, tmp_path: Path, suffix: str, begins: bytes) -> None:
    file = tmp_path / f"curves{suffix}"

    code, printed, _ = runs("plot", ONE, TWO, "--output", str(file))

    assert code == 0
    assert file.read_bytes().startswith(begins)
    assert printed.splitlines()[-1] == str(file)


def test_another_kind_of_picture_is_refused(runs: Runs) -> None:
    with pytest.raises(SystemExit):
        runs("plot", ONE, "--output", "curves.gif")


def test_programs_get_the_values(parsed: Callable[..., Any]) -> None:
    first = parsed("plot", ONE)[0]

    assert (first["series"], first["steps"], first["values"]) == ("training loss", [0, 1, 2], [2.0, 1.0, 0.5])


def test_a_run_without_curves_is_told(aws: FakeAws, runs: Runs) -> None:
    aws.add_run("a" * 16, status="FAILED")

    code, _, error = runs("plot", ONE, "aaaa")

    assert code == 2
    assert f"run {'a' * 16} of support has no curves: it is failed" in error


def test_a_chart_begins_high_ends_low_and_joins_few_points() -> None:
    lines = chart({"a": Series("loss", "loss", (0, 10), (3.0, 1.0))}, "loss")
    rows = lines[1 : HEIGHT + 1]

    assert rows[0].strip() == "3 |****"
    assert rows[-1].endswith("****")
    assert all("*" in row for row in rows)


@pytest.mark.parametrize("steps", [(0.0,), (5.0,), (0.0, 0.0)])
def test_one_point_or_one_value_is_a_chart_too(steps: tuple[float, ...]) -> None:
    lines = chart({"a": Series("loss", "loss", steps, (1.0,) * len(steps))}, "loss")

    assert sum("*" in line for line in lines[1 : HEIGHT + 1]) == 1


def test_what_is_no_curve_is_left_out() -> None:
    metrics = {"steps": {"training": [], "other": [{"step": 1}], "validation": [{"step": 1, "loss": None}, *losses(1)]}}

    assert [(item.name, item.values) for item in series_in(metrics)] == [("validation loss", (1,))]
    assert series_in({}) == []


def test_a_model_from_elsewhere_has_no_curves_and_says_why(aws: FakeAws, runs: Runs) -> None:
    aws.add_run("00112233445566aa", method="COPY")

    code, _, said = runs("plot", "0011")

    assert code == 2
    assert "has no curves: its model was made by COPY, not trained by a job of this deployment" in said
