"""Confidence intervals and a test against chance, with the standard library only. The same scores give the same result.

mean of 0s and 1s    Wilson's score interval; also of a win rate with ties, whose variance is never larger
mean of others       percentile bootstrap
paired difference    percentile bootstrap of the differences, and a sign-flip test: exact for differences of one size,
                     where it is McNemar's exact test, otherwise by random flips
"""

import math
import random
from collections.abc import Sequence
from statistics import NormalDist, fmean
from typing import NamedTuple

RESAMPLES = 5_000
SEED = 20261127


class Estimate(NamedTuple):
    mean: float
    low: float
    high: float


def mean_of(scores: Sequence[float], confidence: float) -> Estimate:
    """Of scores from 0 to 1. Raises ValueError without any."""
    mean = fmean(scores)
    if all(score in (0.0, 0.5, 1.0) for score in scores):
        return Estimate(mean, *wilson(mean, len(scores), confidence))
    return Estimate(mean, *bootstrap(scores, confidence))


def difference_of(differences: Sequence[float], confidence: float) -> Estimate:
    return Estimate(fmean(differences), *bootstrap(differences, confidence))


def wilson(share: float, count: int, confidence: float) -> tuple[float, float]:
    """Wilson 1927, without continuity correction."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, centre - half), min(1.0, centre + half)


def bootstrap(values: Sequence[float], confidence: float) -> tuple[float, float]:
    """Efron's percentile interval of the mean."""
    chance, count = random.Random(SEED), len(values)
    means = sorted(fmean(chance.choices(values, k=count)) for _ in range(RESAMPLES))
    return _quantile(means, (1 - confidence) / 2), _quantile(means, (1 + confidence) / 2)


def chance_of(differences: Sequence[float]) -> float:
    """Two-sided p of a mean this far from 0 if each difference might as well have the other sign."""
    moved = [value for value in differences if abs(value) > 1e-12]
    if not moved:
        return 1.0
    size = abs(moved[0])
    if all(math.isclose(abs(value), size) for value in moved):
        return binomial_test(sum(value > 0 for value in moved), len(moved))
    chance, observed = random.Random(SEED), abs(math.fsum(moved)) - 1e-9
    as_far = sum(
        abs(math.fsum(value if chance.getrandbits(1) else -value for value in moved)) >= observed
        for _ in range(RESAMPLES)
    )
    return (as_far + 1) / (RESAMPLES + 1)


def binomial_test(wins: int, count: int) -> float:
    """Two-sided exact p of `wins` of `count` fair coins; of discordant pairs, McNemar's exact test."""
    tail = sum(math.comb(count, number) for number in range(min(wins, count - wins) + 1))
    return min(1.0, 2 * tail / (1 << count))


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Linear between neighbours, as numpy's default."""
    place = share * (len(ordered) - 1)
    before = math.floor(place)
    after = min(before + 1, len(ordered) - 1)
    return ordered[before] + (place - before) * (ordered[after] - ordered[before])
