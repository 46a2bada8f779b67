"""The checks of `kit verify` without which a deploy fails halfway: they run before it, and it does not begin."""

from collections.abc import Callable, Sequence
from typing import Any

from deployment.config import DeploymentConfig
from kit.table import table
from kit.verify.check import Result, Verdict, run_check
from kit.verify.checks import CHECKS
from kit.verify.place import Place
from kit.verify.table import HEAD, number_of

NAMES = (
    *("bootstrap", "models-offered", "model-access", "customization", "job-quota", "unit-quota"),
    *("knowledge-base-quota", "s3-vectors", "names"),
)
CHECKED = tuple(check for check in CHECKS if check.name in NAMES)


def preflight(config: DeploymentConfig, region: str, client: Callable[[str], Any]) -> list[Result]:
    """`client` makes a new client of a service: it can only read from then on. Raises botocore's errors."""
    place = Place(config, region, client)
    return [run_check(check, place) for check in CHECKED]


def may_begin(results: Sequence[Result]) -> bool:
    """What could not be told, such as without permission, stops nothing."""
    return not number_of(results, Verdict.FALSE)


def as_lines(results: Sequence[Result]) -> list[str]:
    """What does not hold or could not be told, as a table; one line if everything holds."""
    rows = [
        (finding.verdict.value, result.check.name, finding.subject, finding.reason)
        for result in results
        for finding in result.findings
        if finding.verdict is not Verdict.HOLDS
    ]
    counts = f"preflight: {number_of(results, Verdict.HOLDS)} hold, {len(rows)} do not or cannot be told"
    return [counts, *(f"  {line}" for line in table([HEAD, *rows]))] if rows else [counts]
