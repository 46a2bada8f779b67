"""Break-even points: where the costs of two options meet, if their prices are known."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.config import DeploymentConfig
from deployment.costs.break_even import ServingOption, break_evens, serving_options
from deployment.costs.inference_api import Traffic
from tests.deployment.costs.test_estimate import ROWS
from tests.deployment_file import shipped_config
from tests.price_list import price_list

TRAFFIC = Traffic(input_tokens=1_000_000, output_tokens=2_000_000)  # 9 USD per million tokens: 27 USD a request


@pytest.fixture
def config() -> DeploymentConfig:
    return shipped_config()


@pytest.fixture
def _priced(tmp_path: Path) -> Iterator[None]:
    with price_list(tmp_path, ROWS):
        yield


@pytest.mark.usefixtures("_priced")
def test_an_alias_with_a_customization_has_five_options(config: DeploymentConfig) -> None:
    found = serving_options(config, "support-bot", TRAFFIC)

    assert [(option.fixed, option.per_request, option.missing) for option in found] == [
        (0, pytest.approx(27.0), ()),
        (2.0, pytest.approx(30.0), ()),  # the custom model is kept for 2 USD a month
        (2.0 + 20 * 730, 0, ()),
        (2.0 + 15 * 730, 0, ()),
        (2.0 + 10 * 730, 0, ()),
    ]


@pytest.mark.usefixtures("_priced")
def test_an_alias_without_a_customization_has_no_custom_model_and_no_storage(config: DeploymentConfig) -> None:
    found = serving_options(config, "assistant", TRAFFIC)

    assert found[0].label == "amazon.nova-lite-v1:0"
    assert len(found) == 4
    assert [option.fixed for option in found if not option.missing] == [0]


@pytest.mark.usefixtures("_priced")
def test_the_model_units_of_the_alias_count() -> None:
    found = serving_options(shipped_config(model_units=3), "support-bot", TRAFFIC)

    assert found[2].label == "3 model units, no commitment"
    assert found[2].fixed == 2.0 + 3 * 20 * 730


@pytest.mark.usefixtures("_priced")
def test_the_lines_meet_at_the_points(config: DeploymentConfig) -> None:
    points = list(break_evens(serving_options(config, "support-bot", TRAFFIC)))

    assert len(points) == 6
    for point in points:
        assert point.on_demand.monthly(point.requests) == pytest.approx(point.usd)
        assert point.provisioned.monthly(point.requests) == pytest.approx(point.usd)
    assert points[0].requests == pytest.approx((2.0 + 20 * 730) / 27)


def test_an_option_without_a_price_names_it_and_has_no_point(config: DeploymentConfig, tmp_path: Path) -> None:
    rows = [one for one in ROWS if not one["kind"].startswith("custom_i") and one["commitment"] != "OneMonth"]
    with price_list(tmp_path, rows):
        found = serving_options(config, "support-bot", TRAFFIC)

    assert [len(option.missing) for option in found] == [0, 1, 0, 1, 0]
    assert "1 month's commitment" in found[3].missing[0]
    assert len(list(break_evens(found))) == 2


@given(rate=st.floats(1e-9, 1e3), fixed=st.floats(0, 1e7), kept=st.floats(0, 1e3))
def test_below_a_point_on_demand_is_cheaper_and_above_it_provisioned(rate: float, fixed: float, kept: float) -> None:
    by_token, always = ServingOption("token", kept, rate), ServingOption("fixed", fixed + kept)

    for point in break_evens([by_token, always]):
        assert by_token.monthly(point.requests * 0.5) <= always.monthly(0) * (1 + 1e-9)
        assert by_token.monthly(point.requests * 2) >= always.monthly(0) * (1 - 1e-9)


def test_a_point_at_no_traffic_is_no_break_even() -> None:
    assert list(break_evens([ServingOption("token", 5.0, 1.0), ServingOption("fixed", 5.0)])) == []
