"""Bedrock agents and flows that answer without a guardrail."""

from collections.abc import Iterator

from kit.check.finding import Finding
from kit.check.template import Template


def check(template: Template) -> Iterator[Finding]:
    for logical_id, properties in template.resources("AWS::Bedrock::Agent"):
        if not properties.get("GuardrailConfiguration"):
            reason = "no GuardrailConfiguration: nothing filters what callers ask and the agent answers"
            fix = "create an AWS::Bedrock::Guardrail and name it and its version in GuardrailConfiguration"
            yield Finding(template.stack, logical_id, "kit-agent-guardrail", reason, fix)
