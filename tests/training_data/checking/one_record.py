"""One record, checked against the rules of a base model and a method."""

import json
from typing import Any

from model_catalog import catalog
from training_data.checking.findings import CheckReport
from training_data.checking.model_rules import ModelRules, model_rules
from training_data.checking.record_rules import check_line

NOVA_MICRO, NOVA_LITE, NOVA_2 = (
    "amazon.nova-micro-v1:0:128k",
    "amazon.nova-lite-v1:0:300k",
    "amazon.nova-2-lite-v1:0:256k",
)

LLAMA_31, LLAMA_33 = "meta.llama3-1-8b-instruct-v1:0:128k", "meta.llama3-3-70b-instruct-v1:0:128k"


def rules_of(model: str, method: str = "FINE_TUNING") -> ModelRules:
    return model_rules(model, method, catalog.find(model).customizations[method].limits)


def check(record: Any, rules: ModelRules) -> CheckReport:
    report = CheckReport()
    check_line(json.dumps(record).encode(), 1, rules, report)
    return report


def rules_broken(record: Any, rules: ModelRules) -> dict[str, int]:
    report = check(record, rules)
    return report.by_rule | report.warnings_by_rule


def conversation(*contents: Any, system: Any = None, version: Any = "bedrock-conversation-2024") -> dict[str, Any]:
    """Turns with these contents, user and assistant in turn; text where a string is given."""
    turns = [
        {"role": ("user", "assistant")[index % 2], "content": [{"text": item}] if isinstance(item, str) else item}
        for index, item in enumerate(contents)
    ]
    return {"schemaVersion": version, **({"system": system} if system else {}), "messages": turns}
