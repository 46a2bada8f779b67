""".venv/bin/python -m benchmarks.validator_differences [--nova PATH] [--llama FOLDER] ...: the kit's verdicts, AWS's.

Fetch the validators yourself; each option names one, any of them may be left out:
  --nova          nova_ft_dataset_validator.py of https://github.com/aws-samples/amazon-bedrock-samples
  --nova-samples  nova_ft_dataset_validator.py of https://github.com/aws-samples/amazon-nova-samples
  --llama         folder custom-models/bedrock-fine-tuning/meta-llama/dataset_validation (needs jsonschema)
  --distillation  folder custom-models/model_distillation/dataset-validation (needs numpy, boto3)
  --forge         folder of https://github.com/aws/nova-forge-sdk
Every validator judges the cases of benchmarks/validator_cases.py and --records mutated records; a difference that
validator_cases.py does not explain is printed, and the exit code is 1.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.validator_cases import CASES, EXPLAINED_RULES, EXPLANATIONS
from benchmarks.validators import VALIDATORS, Validator
from tests.fuzz.check_targets import rules_of
from tests.training_data.checking.dataset_corpus import mutated_line
from training_data.checking.checks import explain_line
from training_data.checking.findings import CheckReport


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in VALIDATORS:
        parser.add_argument(f"--{name}", type=lambda text: Path(text).resolve())
    parser.add_argument("--records", type=int, default=5_000)
    options = parser.parse_args()
    paths = {name: getattr(options, name.replace("-", "_")) for name in VALIDATORS}
    judges = {name: VALIDATORS[name](path) for name, path in paths.items() if path}
    if not judges:
        parser.error("name one validator at least")
    unexplained = [*_cases(judges), *_corpus(judges, options.records)]
    for line in unexplained:
        print(f"NOT EXPLAINED: {line}")
    return 1 if unexplained else 0


def _cases(judges: dict[str, Validator]) -> Iterator[str]:
    """Print the table of the cases that are judged differently; yields those without an explanation."""
    print(f"| case | kit | {' | '.join(judges)} | why |\n|{' --- |' * (len(judges) + 3)}")
    for name, (record_format, line) in CASES.items():
        kit = verdict(line, record_format)
        theirs = {judge: _theirs(validator, record_format, line) for judge, validator in judges.items()}
        if any(_differs(kit, verdict) for verdict in theirs.values()):
            why = EXPLANATIONS.get(name, "")
            print(f"| {name} | {kit} | {' | '.join(theirs.values())} | {why} |")
            if not why:
                yield f"{name}: kit {kit}, {theirs}"


def _differs(kit: str, verdict: str) -> bool:
    return verdict != "-" and (kit == "refuses") != (verdict == "refuses")


def verdict(line: bytes, record_format: str) -> str:
    report = _report(line, record_format)
    mixed = len(report.media) > 1  # what `kit data check` says of the dataset as a whole
    return "refuses" if report.finding_count or mixed else "warns" if report.warning_count else "accepts"


def _report(line: bytes, record_format: str) -> CheckReport:
    report = CheckReport()
    explain_line(line, 1, rules_of(record_format), report)
    return report


def _theirs(validator: Validator, record_format: str, line: bytes) -> str:
    judge = validator.get(record_format)
    if judge is None:
        return "-"
    accepted = _judged(judge, line)
    return "-" if accepted is None else "accepts" if accepted else "refuses"


def _judged(judge: Callable[[Any], bool | None], line: bytes) -> bool | None:
    """Their scripts read each line with json.loads from a file in UTF-8."""
    try:
        record = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return False
    return judge(record)


def _corpus(judges: dict[str, Validator], records: int) -> Iterator[str]:
    """Print how often verdicts on mutated records differ, by the rule that the kit named; yields the unexplained."""
    print(
        f"\n| of {records:,} mutated records | kit refuses, AWS accepts | AWS refuses, kit accepts | the kit's rules |"
    )
    print("| --- | --- | --- | --- |")
    for name, validator in judges.items():
        for record_format, judge in validator.items():
            source, stricter, looser = random.Random(f"{name} {record_format}"), Counter[str](), []
            for _ in range(records):
                line = mutated_line(record_format, source)
                report, accepted = _report(line, record_format), _judged(judge, line)
                if report.finding_count and accepted:
                    stricter.update(list(report.by_rule)[:1] if len(report.by_rule) == 1 else ["several"])
                elif accepted is False and verdict(line, record_format) == "accepts":
                    looser.append(line)
            counts = ", ".join(f"{rule} {count}" for rule, count in stricter.most_common())
            print(f"| {name} ({record_format}) | {stricter.total()} | {len(looser)} | {counts} |")
            yield from (f"{name}: refuses what the kit accepts: {line[:300]!r}" for line in looser[:5])
            for rule in stricter.keys() - EXPLAINED_RULES.keys() - {"several"}:
                yield f"{name}: the kit alone refuses by rule {rule}"


if __name__ == "__main__":
    sys.exit(main())
