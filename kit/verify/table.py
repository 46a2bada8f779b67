"""Prints the results of `kit verify` as one table or as JSON."""

import json
from collections.abc import Sequence

from kit.table import table
from kit.verify.check import Result, Verdict
from kit.verify.place import Place

HEAD = ("RESULT", "CHECK", "WHAT", "WHY")


def as_table(place: Place, results: Sequence[Result]) -> str:
    rows = [HEAD]
    rows += [
        (finding.verdict.value, result.check.name, finding.subject, finding.reason)
        for result in results
        for finding in result.findings
    ]
    lines = [f"account {place.account}, {place.region}", "", *table(rows)]
    if nothing := [result.check.name for result in results if not result.findings]:
        lines += ["", f"nothing to look at in the file or the account: {', '.join(nothing)}"]
    return "\n".join([*lines, "", f"{_counts(results)}. docs/verification.md has the claim of each check."])


def as_json(place: Place, results: Sequence[Result]) -> str:
    answer = {
        "account": place.account,
        "region": place.region,
        "checks": [
            {
                "check": result.check.name,
                "claim": result.check.claim,
                "actions": result.check.actions,
                "findings": [
                    {"what": item.subject, "result": item.verdict.value, "why": item.reason} for item in result.findings
                ],
            }
            for result in results
        ],
    }
    return json.dumps(answer, indent=1)


def policy(actions: Sequence[str]) -> str:
    """An IAM policy that allows all checks. None of the actions can change anything."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)


def number_of(results: Sequence[Result], verdict: Verdict) -> int:
    return sum(item.verdict is verdict for result in results for item in result.findings)


def _counts(results: Sequence[Result]) -> str:
    return ", ".join(f"{number_of(results, verdict)} {words}" for verdict, words in WORDS.items())


WORDS = {Verdict.HOLDS: "hold", Verdict.FALSE: "do not hold", Verdict.UNKNOWN: "cannot be told"}
