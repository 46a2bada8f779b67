"""Estimates: "at least" only where a price is missing; more never costs less; templates hold what is counted."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deployment.config import DeploymentConfig, load_deployment_config
from deployment.costs.estimate import committed, estimate, idle, summary
from deployment.costs.inference_api import Traffic
from deployment.costs.lines import CostGroup, CostLine, amount, line, total
from deployment.costs.training import tokens_of
from deployment.datasets import CustomizationDataset, prepare_datasets
from model_catalog.prices import Price
from tests.deployment_file import shipped_config
from tests.price_list import price_list, row
from tests.synthesized import PROJECT, synthesized

MICRO = "amazon.nova-micro-v1:0"
LITE = "amazon.nova-lite-v1:0"
ROWS = [
    row("secret_month", 1.0, "month", service="secrets-manager"),
    row("custom_model_month", 2.0, "month", region="*"),
    row("metric_month", 0.3, "month", service="cloudwatch", region="*"),
    row("trace", 5.0, "million traces", service="x-ray", region="*"),
    row("call", 0.05, "10,000 requests", service="secrets-manager"),
    row("alarm_month", 0.5, "month", service="cloudwatch", region="*"),
    row("storage", 3.0, "GB-month", service="s3-vectors"),
    row("written", 3.0, "GB", service="s3-vectors"),
    row("processed", 3.0, "GB", service="s3-vectors"),
    row("query", 3.0, "million requests", service="s3-vectors"),
    row("storage", 4.0, "GB-month", service="s3"),
    row("request", 5.0, "million requests", service="api-gateway"),
    row("request", 6.0, "million requests", service="lambda"),
    row("gb_second", 0.1, "GB-second", service="lambda"),
    row("training_tokens", 7.0, "thousand tokens", model=MICRO),
    row("embedding_tokens", 8.0, model="amazon.titan-embed-text-v2:0"),
    *(row(f"{way}_tokens", 9.0, model=model) for way in ("input", "output") for model in (MICRO, LITE)),
    *(row(f"custom_{way}_tokens", 10.0, model=MICRO) for way in ("input", "output")),
    *(
        row("provisioned_hour", usd, "hour", model=MICRO, commitment=commitment)
        for commitment, usd in (("none", 20.0), ("OneMonth", 15.0), ("SixMonths", 10.0))
    ),
]


@pytest.fixture(scope="module")
def config() -> DeploymentConfig:
    return shipped_config()


@pytest.fixture(scope="module")
def datasets(config: DeploymentConfig) -> dict[str, CustomizationDataset]:
    return prepare_datasets(config)


@pytest.fixture
def _priced(tmp_path: Path) -> Iterator[None]:
    with price_list(tmp_path, ROWS):
        yield


def group(groups: list[CostGroup], name: str) -> CostGroup:
    (found,) = [one for one in groups if one.name == name]
    return found


@pytest.mark.usefixtures("_priced")
def test_with_every_price_no_total_says_at_least(datasets: dict[str, Any]) -> None:
    config = shipped_config(commitment="OneMonth").model_copy(update={"agents": {}})  # what a session takes is unknown

    groups = estimate(config, datasets, Traffic())

    assert len(groups) == 13
    for one in groups:
        assert not one.at_least, one
        assert one.usd > 0, one


@pytest.mark.parametrize("lacking", range(len(ROWS)))
def test_a_total_says_at_least_only_where_a_price_is_missing(
    lacking: int, datasets: dict[str, Any], tmp_path: Path
) -> None:
    rows = [one for index, one in enumerate(ROWS) if index != lacking]
    commitment = ROWS[lacking]["commitment"] or "none"
    with price_list(tmp_path, rows):
        groups = estimate(shipped_config(commitment=commitment), datasets, Traffic())

    assert any(one.at_least for one in groups), ROWS[lacking]
    for one in groups:
        assert one.at_least == any(part.missing for part in one.lines)
        assert total([one]).startswith("at least ") == one.at_least
        assert all((part.usd is None) == bool(part.missing) for part in one.lines)


@pytest.mark.usefixtures("_priced")
def test_one_run_is_tokens_times_epochs_times_price(config: DeploymentConfig, datasets: dict[str, Any]) -> None:
    run = group(estimate(config, datasets, Traffic()), "training.support")
    dataset = datasets["support"]
    tokens = tokens_of(dataset.folder / dataset.file_name)

    assert dataset.hyperparameters["epochCount"] == "2"
    assert run.lines[0].usd == pytest.approx(tokens * 2 * 7.0 / 1000)


def test_tokens_are_counted_in_texts_only_and_by_bytes(tmp_path: Path) -> None:
    file = tmp_path / "data.jsonl"
    latin = (
        '{"schemaVersion": "bedrock-conversation-2024", "messages": [{"role": "user", "content": [{"text": "%s"}]}]}'
    )
    file.write_text(latin % ("a" * 400) + "\n", encoding="utf-8")
    assert tokens_of(file) == 100

    file.write_text(latin % ("水" * 400) + "\n", encoding="utf-8")
    assert tokens_of(file) == 300


@pytest.mark.usefixtures("_priced")
def test_a_run_without_a_known_number_of_epochs_says_at_least(
    config: DeploymentConfig, datasets: dict[str, CustomizationDataset]
) -> None:
    unknown = {"support": replace(datasets["support"], hyperparameters={})}

    run = group(estimate(config, unknown, Traffic()), "training.support")

    assert run.at_least
    assert "unknown epochs" in run.lines[0].missing


@pytest.mark.usefixtures("_priced")
def test_uncommitted_capacity_is_idle_cost_and_committed_capacity_is_both(config: DeploymentConfig) -> None:
    plain = idle(config).usd + 0.5  # the alarm of capacity
    uncommitted = shipped_config(model_units=2)
    bound = shipped_config(model_units=2, commitment="SixMonths")

    assert idle(uncommitted).usd == pytest.approx(plain + 2 * 20.0 * 730)
    assert committed(uncommitted).usd == 0
    assert idle(bound).usd == pytest.approx(plain + 2 * 10.0 * 730)
    assert committed(bound).usd == pytest.approx(2 * 10.0 * 730 * 6)
    assert "committed 87,600.00 USD" in summary(bound)


@pytest.mark.parametrize("file", ["deployment.toml", "tests/stacks/full.toml"])
@pytest.mark.parametrize(
    ("kinds", "resource"),
    [(("API key", "approvals"), "AWS::SecretsManager::Secret"), (("alarms",), "AWS::CloudWatch::Alarm")],
)
def test_idle_secrets_and_alarms_are_those_of_the_templates(
    kinds: tuple[str, ...], resource: str, file: str, tmp_path: Path
) -> None:
    rows = [one | {"usd": 1.0, "region": "*"} for one in ROWS if one["kind"] in ("secret_month", "alarm_month")]
    held = [
        name
        for stack, template in synthesized(file).items()
        if not stack.endswith("-operations")  # below: an alarm of several metrics costs as many times
        for name, item in template["Resources"].items()
        if item["Type"] == resource
    ]
    config = load_deployment_config(PROJECT / file)
    with price_list(tmp_path, rows):
        counted = sum(part.usd or 0 for part in idle(config).lines if part.part in kinds)

    assert counted == len(held)


@pytest.mark.parametrize("file", ["tests/stacks/full.toml", "tests/stacks/full_east.toml"])
def test_alarms_of_operations_cost_as_many_metrics_as_the_template_has(file: str, tmp_path: Path) -> None:
    kinds = ("alarm_month", "composite_alarm_month", "dashboard_month")
    (alarm,) = (one | {"usd": 1.0, "region": "*"} for one in ROWS if one["kind"] == "alarm_month")
    rows = [alarm | {"kind": kind} for kind in kinds]
    (template,) = (item for stack, item in synthesized(file).items() if stack.endswith("-operations"))
    found = [(item["Type"].rpartition("::")[2], item["Properties"]) for item in template["Resources"].values()]
    metrics = [
        sum("MetricStat" in one for one in given["Metrics"]) if "Metrics" in given else 1
        for kind, given in found
        if kind == "Alarm"
    ]

    with price_list(tmp_path, rows):
        lines = {part.part: part.usd for part in idle(load_deployment_config(PROJECT / file)).lines}

    assert lines["operations alarms"] == sum(metrics)
    assert (
        max(metrics) <= 10
    )  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html
    assert lines["operations messages"] == sum(kind == "CompositeAlarm" for kind, _ in found)
    assert lines["dashboard"] == sum(kind == "Dashboard" for kind, _ in found)


counts = st.integers(0, 10**9)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    less=st.builds(Traffic, counts, counts, counts, st.floats(0, 900)),
    more=st.tuples(counts, counts, counts, st.floats(0, 900)),
    lacking=st.sets(st.integers(0, len(ROWS) - 1), max_size=6),
)
def test_more_traffic_never_costs_less(
    less: Traffic, more: tuple[int, int, int, float], lacking: set[int], config: DeploymentConfig, tmp_path: Path
) -> None:
    increased = Traffic(
        less.requests + more[0], less.input_tokens + more[1], less.output_tokens + more[2], less.seconds + more[3]
    )
    untrained = config.model_copy(update={"training": None})
    with price_list(tmp_path, [one for index, one in enumerate(ROWS) if index not in lacking]):
        for before, after in zip(estimate(untrained, {}, less), estimate(untrained, {}, increased), strict=True):
            assert before.name == after.name
            assert before.usd <= after.usd + 1e-9
            assert before.at_least == after.at_least


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e9)), max_size=8))
def test_a_longer_list_of_lines_never_costs_less(amounts: list[float | None]) -> None:
    lines = [CostLine("a", "b", usd, missing="" if usd is not None else "price of b") for usd in amounts]
    sums = [CostGroup("n", "t", tuple(lines[:count])).usd for count in range(len(lines) + 1)]

    assert sums == sorted(sums)
    assert CostGroup("n", "t", tuple(lines)).at_least == (None in amounts)


def test_an_amount_shows_cents_or_what_cents_would_hide() -> None:
    assert [amount(usd) for usd in (0, 0.00012, 0.4, 44165)] == ["0.00", "0.000120", "0.40", "44,165.00"]


def test_a_line_without_price_or_quantity_has_no_amount_and_says_which() -> None:
    hour = Price(**row("provisioned_hour", 2.0, "hour"))

    assert line("a", "b", 3, None, missing="an hour") == CostLine("a", "b", None, missing="price of an hour")
    assert line("a", "b", None, hour, missing="an hour").missing == "quantity: b"
    assert line("a", "b", 3, hour, missing="an hour").usd == 6.0
