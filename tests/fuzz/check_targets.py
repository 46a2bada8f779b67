"""`kit data check` on any bytes, one target per record format: never an exception, and both halves of it agree."""

import random
from collections.abc import Callable, Mapping
from functools import partial

from tests.training_data.checking.dataset_corpus import GOOD, good_line, mutated_line
from training_data.checking.checks import explain_line
from training_data.checking.dataset_checker import DatasetChecker
from training_data.checking.dataset_rules import DatasetRules, dataset_rules
from training_data.checking.findings import CheckReport

MODELS = {
    "converse": ("amazon.nova-lite-v1:0:300k", "FINE_TUNING"),
    "prompt-completion": ("meta.llama3-1-8b-instruct-v1:0:128k", "FINE_TUNING"),
    "distillation-prompts": ("amazon.nova-micro-v1:0:128k", "DISTILLATION"),
    "reinforcement-prompts": ("amazon.nova-2-lite-v1:0:256k", "REINFORCEMENT_FINE_TUNING"),
    "image-caption": ("amazon.titan-embed-image-v1:0", "FINE_TUNING"),
}


def rules_of(record_format: str) -> DatasetRules:
    model, method = MODELS[record_format]
    return dataset_rules(model, method, record_format=record_format, min_records=1, max_records=10**6)


def explained(content: bytes, rules: DatasetRules) -> CheckReport:
    """The report without the accepting half: every line is explained."""
    report = CheckReport()
    lines = content.split(b"\n")
    for number, line in enumerate(lines if lines[-1] else lines[:-1], start=1):
        explain_line(line.removesuffix(b"\r"), number, rules, report)
    return report


def checked(content: bytes, rules: DatasetRules, *, piece: int = 1 << 20) -> CheckReport:
    """The report on `content` that comes in pieces."""
    checker = DatasetChecker(rules, head=False)
    for start in range(0, len(content), piece):
        checker.feed(content[start : start + piece])
    return checker.finish()


def check_any_bytes(content: bytes, *, record_format: str) -> None:
    rules = rules_of(record_format)
    DatasetChecker(rules).feed(content)
    assert checked(content, rules) == explained(content, rules)


def _seeds(record_format: str) -> tuple[bytes, ...]:
    source = random.Random(record_format)
    good = tuple(good_line(record_format, source) + b"\n" for _ in range(8))
    return (*good, b"".join(good), *(mutated_line(record_format, source) + b"\n" for _ in range(8)))


CHECK_TARGETS: Mapping[str, tuple[Callable[[bytes], None], tuple[bytes, ...]]] = {
    f"check-{name}": (partial(check_any_bytes, record_format=name), _seeds(name)) for name in GOOD
}
