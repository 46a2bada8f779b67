"""Times that AWS does not allow, or that never end: functions, custom resources, logs."""

from collections.abc import Iterator
from typing import Any

from kit.check.finding import Finding
from kit.check.template import Template

LONGEST_FUNCTION = 900
LONGEST_CUSTOM_RESOURCE = 3600


def check(template: Template) -> Iterator[Finding]:
    for logical_id, properties in template.resources():
        kind = str(template.body["Resources"][logical_id].get("Type", ""))
        custom = kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"
        if kind == "AWS::Lambda::Function" and _seconds(properties.get("Timeout")) > LONGEST_FUNCTION:
            reason = f"Timeout {properties['Timeout']}: a function runs for at most {LONGEST_FUNCTION} seconds"
            fix = "shorten it, or split the work with Step Functions"
            yield Finding(template.stack, logical_id, "kit-lambda-timeout", reason, fix)
        if custom and _seconds(properties.get("ServiceTimeout")) > LONGEST_CUSTOM_RESOURCE:
            reason = f"ServiceTimeout {properties['ServiceTimeout']}: CloudFormation waits for at most an hour"
            fix = f"set it to {LONGEST_CUSTOM_RESOURCE} or less; start longer work and return"
            yield Finding(template.stack, logical_id, "kit-custom-resource-timeout", reason, fix)
        if kind == "AWS::Logs::LogGroup" and "RetentionInDays" not in properties:
            reason = "no RetentionInDays: logs are kept, and billed, for ever"
            yield Finding(template.stack, logical_id, "kit-log-retention", reason, "set RetentionInDays")


def _seconds(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0
