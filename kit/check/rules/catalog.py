"""Runs every rule of the kit."""

from collections.abc import Iterator, Sequence

from kit.check.finding import Finding
from kit.check.rules import agents, exposure, limits, permissions, secrets, stored_data, trust
from kit.check.template import Template

RULES = (agents.check, exposure.check, limits.check, permissions.check, secrets.check, stored_data.check, trust.check)


def own_findings(templates: Sequence[Template]) -> Iterator[tuple[Template, Finding]]:
    for template in templates:
        for rule in RULES:
            yield from ((template, finding) for finding in rule(template))
    yield from stored_data.check_imports(templates)
