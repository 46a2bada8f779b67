"""Metrics, key reads, traces and a customer's key: counted as the functions send and read them."""

from pathlib import Path

import pytest

from deployment.config import load_deployment_config
from deployment.costs import monitoring
from deployment.costs.estimate import estimate, idle
from deployment.costs.inference_api import Traffic
from deployment.costs.lines import CostGroup
from deployment.datasets import prepare_datasets
from inference_api import api_keys, request_log
from knowledge_base_ingestion import ingestion_report
from model_catalog.prices import price
from tests.deployment_file import SHIPPED, deployment_file, shipped_config

KEY = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"


def monitoring_group() -> CostGroup:
    config = shipped_config()
    return next(one for one in estimate(config, prepare_datasets(config), Traffic()) if one.name == "monitoring")


def test_six_custom_metrics_are_one_dollar_and_eighty_cents_a_month() -> None:
    metrics, reads, ingestion = monitoring_group().lines

    assert metrics.what == "6 metrics: 3 for each of model, on-demand"  # with FileSearches, of its knowledge base
    assert metrics.usd == pytest.approx(1.8)
    assert reads.usd == pytest.approx(2 * 43_800 / 10_000 * 0.05)
    assert ingestion.usd == pytest.approx(1.8)
    assert all(line.price and line.price.source and line.price.date for line in monitoring_group().lines)


def test_provisioned_throughput_adds_two_metrics() -> None:
    assert monitoring.target_kinds(shipped_config(commitment="none")) == {"model", "on-demand", "provisioned"}


def test_the_metrics_and_the_pause_between_reads_are_those_of_the_functions() -> None:
    assert monitoring.KEY_CACHE_SECONDS == api_keys.CACHE_SECONDS
    assert len(ingestion_report.METRICS) + 1 == monitoring.INGESTION_METRICS  # and Failures
    assert len(("ANSWERS", "FALLBACKS")) == monitoring.METRICS_PER_TARGET_KIND
    assert "{ANSWERS: 1, FALLBACKS:" in Path(request_log.__file__).read_text(encoding="utf-8")


def test_a_customer_managed_key_costs_a_dollar_a_month_and_only_where_there_is_one(tmp_path: Path) -> None:
    keyed = SHIPPED.replace("[training]", f'[training]\nkms_key_arn = "{KEY}"', 1)
    config = load_deployment_config(deployment_file(tmp_path, keyed))

    assert [line.usd for line in idle(config).lines if line.part == "customer key"] == [1.0]
    assert not [line for line in idle(shipped_config()).lines if line.part == "customer key"]


@pytest.mark.parametrize(("key", "keys"), [(KEY, 1), (f"{KEY}-2", 2)])
def test_a_key_that_two_sections_name_is_paid_for_once(tmp_path: Path, key: str, keys: int) -> None:
    keyed = SHIPPED.replace("[training]", f'[training]\nkms_key_arn = "{KEY}"', 1)
    keyed += f'\n[guardrails.polite]\nprofanity = true\nkms_key_arn = "{key}"\n'
    config = load_deployment_config(deployment_file(tmp_path, keyed))

    (line,) = (line for line in idle(config).lines if line.part == "customer key")
    assert (line.usd, line.what) == (
        keys,
        f"{keys} KMS key{'s' * (keys > 1)}, without {'their' if keys > 1 else 'its'} rotations",
    )


def test_a_run_has_its_trace() -> None:
    config = shipped_config()
    groups = estimate(config, prepare_datasets(config), Traffic())

    (trace,) = (line for one in groups if one.name == "training.support" for line in one.lines if line.part == "trace")
    assert trace.usd == pytest.approx(5e-6)


def test_a_custom_nova_micro_on_demand_costs_what_aws_says_it_does() -> None:
    """22,000 queries of 800 and 60 tokens: AWS's blog of 2026-04-16."""
    config = shipped_config()
    groups = estimate(config, prepare_datasets(config), Traffic(22_000, 800, 60))
    custom = next(one for one in groups if one.name == "requests.support-bot.support")

    assert [line.usd for line in custom.lines[:2]] == [pytest.approx(0.616), pytest.approx(0.184, abs=0.001)]


@pytest.mark.parametrize("size", ["micro", "lite", "pro"])
@pytest.mark.parametrize("way", ["input", "output"])
def test_a_custom_nova_on_demand_costs_its_base_models_tokens(size: str, way: str) -> None:
    model = f"amazon.nova-{size}-v1:0"
    custom, base = (price(f"{kind}{way}_tokens", model=model, region="us-east-1") for kind in ("custom_", ""))

    assert custom is not None
    assert base is not None
    assert custom.of(1e6) == base.of(1e6)
    assert "AWS's blog of 2026-04-16" in custom.source
