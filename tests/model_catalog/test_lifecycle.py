"""An end of life is an error once past, a warning when near or announced."""

import datetime

import pytest

from model_catalog import catalog, lifecycle

OPUS = "anthropic.claude-opus-4-1-20250805-v1:0"  # Legacy, ends on 2027-01-08
LLAMA = "meta.llama3-1-8b-instruct-v1:0:128k"  # Legacy in its card, active in the listing, ends on 2027-03-30
HAIKU = "anthropic.claude-3-haiku-20240307-v1:0"  # Legacy, has ended in some regions
JAMBA = "ai21.jamba-1-5-mini-v1:0"  # ended on 2026-11-26
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


@pytest.mark.parametrize(("region", "ended"), [("eu-west-3", True), ("us-gov-west-1", True), ("sa-east-1", False)])
def test_a_region_has_an_end_of_life_of_its_own(region: str, ended: bool) -> None:
    status = "ENDED" if ended else "LEGACY"
    assert lifecycle.state(catalog.find(HAIKU), day("2026-09-10"), region) == status
    if not ended:
        lifecycle.require_alive(HAIKU, day("2026-09-10"), region)
        return
    lifecycle.require_alive(HAIKU, day("2026-09-09"), region)
    with pytest.raises(catalog.CatalogError, match=f"reached end of life in {region} on 2026-09-10"):
        lifecycle.require_alive(HAIKU, day("2026-09-10"), region)


@pytest.mark.parametrize(
    ("identifier", "today", "state"),
    [
        (JAMBA, "2026-11-25", "LEGACY"),
        (JAMBA, "2026-11-26", "ENDED"),
        (HAIKU, "2026-11-26", "LEGACY"),  # not everywhere
        (LLAMA, "2026-11-26", "LEGACY"),
        (MICRO, "2026-11-26", "ACTIVE"),
    ],
)
def test_what_has_ended_is_not_called_legacy(identifier: str, today: str, state: str) -> None:
    assert lifecycle.state(catalog.find(identifier), day(today)) == state


def test_a_legacy_base_model_is_not_trained() -> None:
    with pytest.raises(lifecycle.LegacyError, match=f"{OPUS} is Legacy since 2026-07-08: Bedrock starts no new"):
        lifecycle.require_trainable(OPUS)
    lifecycle.require_trainable(MICRO)


def test_where_sources_differ_on_legacy_the_refusal_names_both() -> None:
    with pytest.raises(lifecycle.LegacyError) as refused:
        lifecycle.require_trainable(LLAMA, "us-west-2")

    assert "the model's card: Legacy, EOL March 30, 2027, 2026-10; but ACTIVE: third-party crawls" in str(refused.value)


def test_a_legacy_model_is_warned_of_with_its_date_and_what_that_means() -> None:
    text = lifecycle.warning(OPUS, day("2026-07-09"))

    assert text is not None
    assert text.startswith(
        f"{OPUS} is Legacy and ends on 2027-01-08 (in 183 days); Legacy models take no new customers"
    )
    assert "15 days without a request; choose another: kit models --active" in text
    assert lifecycle.warning(MICRO, day("2026-10-01")) is None
