"""`kit cost plot`: a PNG or SVG whose legend names every option and point; errors if nothing can be drawn."""

import subprocess
import sys
from pathlib import Path

import pytest

from kit.__main__ import main
from tests.deployment.costs.test_estimate import ROWS
from tests.deployment_file import shipped_file
from tests.price_list import price_list
from tests.synthesized import PROJECT

SHIPPED = str(shipped_file())


def plotted(folder: Path, name: str, *arguments: str, rows: list[dict[str, object]] = ROWS) -> int:
    with price_list(folder, rows):
        return main(["cost", "plot", "--config", SHIPPED, "--output", str(folder / name), *arguments])


def test_a_png_is_written_and_its_points_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert plotted(tmp_path, "cost.png") == 0

    assert (tmp_path / "cost.png").read_bytes().startswith(b"\x89PNG")
    assert "6 break-even points" in capsys.readouterr().out


def test_the_picture_names_every_option_its_price_and_every_point(tmp_path: Path) -> None:
    without = [one for one in ROWS if one["commitment"] != "OneMonth"]
    assert plotted(tmp_path, "cost.svg", "--input-tokens", "700", rows=without) == 0

    text = (tmp_path / "cost.svg").read_text(
        encoding="utf-8"
    )  # matplotlib writes each text as a comment beside its glyphs
    assert "700 tokens in, 200 out a request" in text
    assert "amazon.nova-micro-v1:0, on demand: 8.1 USD per 1,000 requests" in text
    assert "1 model unit, no commitment: 14,602 USD a month" in text
    assert "1 model unit, 1 month's commitment: price unknown" in text
    assert "1: 1,802,716 requests, 14,602 USD: 1 model unit, no commitment = amazon.nova-micro-v1:0" in text
    assert text.count(" requests, ") == 4


def test_without_any_price_there_is_no_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert plotted(tmp_path, "cost.png", rows=[]) == 1

    assert "kit models refresh" in capsys.readouterr().err
    assert not (tmp_path / "cost.png").exists()


def test_an_unknown_alias_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert plotted(tmp_path, "cost.png", "--alias", "nobody") == 1

    assert "'nobody'; allowed: support-bot, assistant" in capsys.readouterr().err


def test_requests_without_tokens_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert plotted(tmp_path, "cost.png", "--input-tokens", "0", "--output-tokens", "0") == 1

    assert "--input-tokens" in capsys.readouterr().err


def test_a_missing_folder_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert plotted(tmp_path, "absent/cost.png") == 1

    place = tmp_path / "absent" / "cost.png"
    assert capsys.readouterr().err == f"kit cost: {place}: No such file or directory; check path and permissions\n"


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        plotted(tmp_path, "cost.pdf.exe")


def test_matplotlib_is_not_imported_before_it_draws() -> None:
    modules = ("matplotlib", "boto3", "aws_cdk")
    code = f"import sys, kit.cost.command; print(*(name in sys.modules for name in {modules}))"

    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)

    assert done.stdout == "False False False\n"
