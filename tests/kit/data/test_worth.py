"""What `kit data stats` says about the worth of a dataset: similar records, leakage, classes, placeholders, cost."""

import json
from pathlib import Path

import pytest

from deployment import prepared_sets
from deployment.config import load_deployment_config
from deployment.costs.training import training_groups
from deployment.datasets import prepare_datasets
from kit.__main__ import main
from kit.data.training_cost import training_costs
from training_data.statistics import measure

NOVA = "amazon.nova-micro-v1:0:128k"
LLAMA = "meta.llama3-1-8b-instruct-v1:0:128k"
LONG = "Please clean the tank of the machine once a month with the descaler that came with it and rinse it twice"


def written(file: Path, *pairs: tuple[str, str]) -> Path:
    file.write_text("".join(json.dumps({"prompt": prompt, "response": answer}) + "\n" for prompt, answer in pairs))
    return file


def stats(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[str]:
    assert main(["data", "stats", *map(str, arguments)]) == 0
    return capsys.readouterr().out.splitlines()


def test_similar_records_and_leakage_are_counted_with_their_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    training = written(tmp_path / "t.jsonl", ("E1?", LONG), ("E2?", "No."), ("E1?", f"{LONG} again"))
    validation = written(tmp_path / "v.jsonl", ("e2", "NO"), ("E1?", f"{LONG} then"), ("{{question}}", "Other."))

    lines = stats(capsys, training, "--validation", validation)

    assert "similar to another (0.8 of their runs of three words): 1 record; lines 3 and 1 (0.95)" in lines
    assert "validation set: 3 records" in lines
    assert "  also in the training set: 1 record; line 1" in lines
    assert any(line.startswith("  similar to a training record: 1 record; lines 2 and ") for line in lines)
    assert "placeholders of a template: in 0 records" in lines
    assert "placeholders of a template: in 1 record; kit data check names them" in stats(capsys, validation)


def test_classes_are_a_table_with_a_word_on_their_balance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = [(f"text {number}", "positive") for number in range(40)] + [("x", "negative"), ("y", "negative")]
    lines = stats(capsys, written(tmp_path / "t.jsonl", *pairs, ("z", "I cannot say")))

    start = lines.index("answers: 2 short ones that come again and again")
    assert lines[start + 1 : start + 4] == [
        "        40  93%  'positive'",
        "         2   5%  'negative'",
        "         1   2%  others",
    ]
    assert lines[start + 4].startswith("  the most frequent comes 20 times as often as the rarest; the model will")


@pytest.mark.parametrize("answers", [["yes"] * 20, [f"answer {number}" for number in range(20)], [LONG] * 10 + ["a"]])
def test_answers_that_are_no_classes_have_no_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answers: list[str]
) -> None:
    pairs = [(f"text {number}", answer) for number, answer in enumerate(answers)]

    assert not [line for line in stats(capsys, written(tmp_path / "t.jsonl", *pairs)) if line.startswith("answers:")]


def test_the_cost_is_that_of_kit_cost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_sets, "PREPARED", tmp_path / "prepared")
    file = written(tmp_path / "t.jsonl", *[(f"E{number}?", LONG) for number in range(8)])
    (tmp_path / "deployment.toml").write_text(
        '[deployment]\nname = "sup"\nregion = "us-east-1"\n[training.customizations.support]\nalias = "bot"\n'
        f'base_model = "{NOVA}"\ndataset = ["t.jsonl"]\n'
    )
    config = load_deployment_config(tmp_path / "deployment.toml")
    line = training_groups(config, prepare_datasets(config))[0].lines[0]
    tokens = sum(measure(file).tokens)

    (cost,) = [cost for cost in training_costs(tokens, NOVA, None) if cost.region == "us-east-1"]

    assert f"about {tokens:,} tokens" in line.what
    assert cost.usd == line.usd
    (twice,) = [cost for cost in training_costs(tokens, NOVA, 4) if cost.region == "us-east-1"]
    assert cost.usd
    assert twice.usd == pytest.approx(2 * cost.usd)


def test_costs_of_every_base_model_are_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "t.jsonl", ("E1?", LONG * 40))

    table = stats(capsys, file)
    one = stats(capsys, file, "--model", NOVA, "--epochs", 5)

    assert any(line.split()[:1] == [NOVA] and line.endswith("*") for line in table)
    assert any(line.endswith("no price") for line in table)
    assert "  missing prices: kit models refresh" in table
    assert not [line for line in table if "titan-embed" in line]
    assert [line.split()[2] for line in one if line.startswith("  amazon.")] == ["5"]
    with pytest.raises(SystemExit):
        main(["data", "stats", str(file), "--epochs", "0"])


def test_what_the_conversion_would_drop_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is in every figure, and would not be trained on."""
    preference = {"prompt": "E1?", "chosen": "Empty the tray.", "rejected": "No."}
    file = written(tmp_path / "t.jsonl", ("E2?", "Fill the tank."))
    whole = stats(capsys, file)
    file.write_text(file.read_text() + (json.dumps(preference) + "\n") * 5)

    lines = stats(capsys, file, "--model", LLAMA)

    assert "kit data convert, to converse, would write 1 record, dropping and changing none" in whole
    start = next(number for number, line in enumerate(lines) if line.startswith("kit data convert"))
    assert "to prompt-completion, would write 1 record, drop 5 and change 0" in lines[start]
    assert lines[start + 1].startswith("  dropped      5  is a preference (chosen and rejected)")
    assert lines[start + 2].strip() == "t.jsonl:2, t.jsonl:3, t.jsonl:4, ..."
