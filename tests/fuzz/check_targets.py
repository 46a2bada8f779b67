"""`kit data check` on any bytes, one target per record format: no exception, pieces give the lines' report."""

import random
from collections.abc import Callable, Mapping
from functools import partial

from model_catalog import catalog
from tests.training_data.checking.dataset_corpus import GOOD, good_line, mutated_line
from training_data.checking.checker import DatasetChecker
from training_data.checking.file_rules import content_findings
from training_data.checking.findings import CheckReport
from training_data.checking.model_rules import ModelRules, model_rules
from training_data.checking.record_rules import check_line
from training_data.checking.repeated_records import RecordIndex, add_duplicates
from training_data.checking.shape_rules import other_shape

MODELS = {
    "converse": ("amazon.nova-lite-v1:0:300k", "FINE_TUNING"),
    "prompt-completion": ("meta.llama3-1-8b-instruct-v1:0:128k", "FINE_TUNING"),
    "distillation-prompts": ("amazon.nova-micro-v1:0:128k", "DISTILLATION"),
    "reinforcement-prompts": ("amazon.nova-2-lite-v1:0:256k", "REINFORCEMENT_FINE_TUNING"),
    "image-caption": ("amazon.titan-embed-image-v1:0", "FINE_TUNING"),
}


def rules_of(record_format: str) -> ModelRules:
    model, method = MODELS[record_format]
    return model_rules(model, method, catalog.find(model).customizations[method].limits)


def line_by_line(content: bytes, rules: ModelRules) -> CheckReport:
    report, index = CheckReport(), RecordIndex(rules.limits.max_records, across=False)
    lines = content.split(b"\n")
    for number, line in enumerate(lines if lines[-1] else lines[:-1], start=1):
        check_line(line.removesuffix(b"\r"), number, rules, report, index)
    add_duplicates(report, index)
    return report


def in_pieces(content: bytes, rules: ModelRules, *, piece: int) -> CheckReport:
    checker = DatasetChecker(rules)
    for start in range(0, len(content), piece):
        checker.feed(content[start : start + piece])
    return checker.finish()


def check_any_bytes(content: bytes, *, record_format: str) -> None:
    rules = rules_of(record_format)
    if content_findings(content):
        assert in_pieces(content, rules, piece=1 << 20).by_rule == {"not-json-lines": 1}
    elif other_shape(content.split(b"\n")[0], rules):
        assert in_pieces(content, rules, piece=1 << 20).by_rule == {"other-shape": 1}
    else:
        assert in_pieces(content, rules, piece=1 << 20) == line_by_line(content, rules)


def _seeds(record_format: str) -> tuple[bytes, ...]:
    source = random.Random(record_format)
    good = tuple(good_line(record_format, source) + b"\n" for _ in range(8))
    return (*good, b"".join(good), *(mutated_line(record_format, source) + b"\n" for _ in range(8)))


CHECK_TARGETS: Mapping[str, tuple[Callable[[bytes], None], tuple[bytes, ...]]] = {
    f"check-{name}": (partial(check_any_bytes, record_format=name), _seeds(name)) for name in GOOD
}
