"""Whether a model is worse than what serves: pure, over the requests that both answered in the same time."""

import math

from kit_contract.counted import counted
from kit_contract.promotion_checks import PromotionChecks
from kit_contract.promotion_events import Measured

Z = 1.645  # one-sided 95 %
CERTAIN_COUNT = 3  # of one or two failures nothing can be said


def faults(checks: PromotionChecks, tried: Measured, serving: Measured, *, certain: bool) -> list[str]:
    """Why `tried` fails, each limit that it breaks; empty if it passes.

    `certain`: only what is hardly chance, for a look before the end: of many looks at a good model, some show an
    unlucky minute. Without enough requests of what serves, its errors and refusals count as none, and the latencies are
    not compared.
    """
    found = [
        _rate_fault("errors", tried["errors"], serving["errors"], checks.max_error_percent, tried, serving, certain),
        _rate_fault(
            "refusals", tried["refusals"], serving["refusals"], checks.max_refusal_percent, tried, serving, certain
        ),
        "" if certain else _latency_fault(checks, tried, serving),
    ]
    return [fault for fault in found if fault]


def _rate_fault(
    what: str, count: int, serving_count: int, allowed: float, tried: Measured, serving: Measured, certain: bool
) -> str:
    percent, serving_percent = _percent(count, tried["requests"]), _percent(serving_count, serving["requests"])
    seen = 100 * lower_bound(count, tried["requests"]) if certain else percent
    if seen - serving_percent <= allowed or (certain and count < CERTAIN_COUNT):
        return ""
    return (
        f"{what} in {percent:.1f} % of {counted(tried['requests'], 'request')}, what serves has "
        f"{serving_percent:.1f} % of {serving['requests']}; allowed: {allowed:g} points more"
    )


def _latency_fault(checks: PromotionChecks, tried: Measured, serving: Measured) -> str:
    mine, theirs = tried["milliseconds"], serving["milliseconds"]
    if mine is None or not theirs or serving["requests"] < checks.min_requests:
        return ""
    if mine / theirs <= checks.max_latency_ratio:
        return ""
    return (
        f"a mean latency of {mine:,.0f} ms, what serves has {theirs:,.0f} ms; allowed: {checks.max_latency_ratio:g} "
        "times as long"
    )


def lower_bound(count: int, total: int) -> float:
    """Of a rate, by Wilson's score interval: https://doi.org/10.1080/01621459.1927.10502953"""
    if not total:
        return 0.0
    rate, square = count / total, Z * Z
    spread = Z * math.sqrt(rate * (1 - rate) / total + square / (4 * total * total))
    return (rate + square / (2 * total) - spread) / (1 + square / total)


def _percent(count: int, total: int) -> float:
    return 100 * count / total if total else 0.0
