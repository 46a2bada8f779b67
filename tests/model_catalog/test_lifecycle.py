"""An end of life is an error once past, a warning when near or announced."""

import datetime

import pytest

from model_catalog import catalog, lifecycle

OPUS = "anthropic.claude-opus-4-1-20250805-v1:0"  # Legacy, ends on 2027-01-08
LLAMA = "meta.llama3-1-8b-instruct-v1:0:128k"  # active in the listing, ends on 2027-03-30
MICRO = "amazon.nova-micro-v1:0"  # no end announced


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize("today", ["2027-01-08", "2027-06-01"])
def test_on_and_after_its_last_day_a_model_is_refused(today: str) -> None:
    with pytest.raises(catalog.CatalogError, match=f"us.{OPUS} reached end of life on 2027-01-08; choose"):
        lifecycle.require_alive(f"us.{OPUS}", day(today))


def test_the_day_before_it_is_not() -> None:
    lifecycle.require_alive(OPUS, day("2027-01-07"))
    lifecycle.require_alive(MICRO, day("2099-01-01"))


def test_a_legacy_base_model_is_not_trained() -> None:
    with pytest.raises(catalog.CatalogError, match=f"{OPUS} is Legacy since 2026-07-08: Bedrock starts no new"):
        lifecycle.require_trainable(OPUS)

    lifecycle.require_trainable(LLAMA)


def test_a_legacy_model_is_warned_of_with_its_date() -> None:
    text = lifecycle.warning(OPUS, day("2026-07-09"))

    assert text == (f"{OPUS} is Legacy and ends on 2027-01-08 (in 183 days); choose another: kit models --active")


@pytest.mark.parametrize(("today", "warned"), [("2026-12-29", False), ("2026-12-30", True)])
def test_ninety_days_before_the_end_the_warnings_begin(today: str, warned: bool) -> None:
    assert (lifecycle.warning(LLAMA, day(today)) is not None) == warned


def test_training_is_warned_of_any_announced_end() -> None:
    text = lifecycle.warning(LLAMA, day("2026-10-01"), training=True)

    assert text is not None
    assert "ends on 2027-03-30 (in 180 days); it may no longer accept training jobs" in text
    assert lifecycle.warning(MICRO, day("2026-10-01"), training=True) is None
