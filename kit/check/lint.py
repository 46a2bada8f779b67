"""cfn-lint's errors and warnings on templates, in this process."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from kit.check.finding import Finding
from kit.check.template import DEFAULT_REGION, Template

# W3005: the CDK writes a DependsOn where a reference would do. I3510: actions that do not fit their resources.
WITHOUT = ["W3005"]
WITH = ["I3510"]


def lint_findings(template: Template) -> Iterator[Finding]:
    for match in _runner(template.region).validate_template(_marked(template)):
        yield _finding(template, match)


@cache
def _runner(region: str) -> Any:
    """It loads its rules once. A .cfnlintrc in this folder counts, as for the command cfn-lint."""
    from cfnlint.config import ConfigMixIn
    from cfnlint.helpers import REGIONS
    from cfnlint.runner import Runner

    regions = [region if region in REGIONS else DEFAULT_REGION]
    return Runner(ConfigMixIn(regions=regions, ignore_checks=WITHOUT, include_checks=WITH))


def _marked(template: Template) -> Any:
    """The template as cfn-lint reads it, with the places of its parts."""
    from cfnlint.decode.decode import decode_str

    return decode_str(json.dumps(template.body))[0]


def _finding(template: Template, match: Any) -> Finding:
    path = [str(part) for part in match.path or ()]
    where = path[1] if len(path) > 1 else "template"
    below = "/".join(path[3:] if len(path) > 3 else path[2:])
    reason = " ".join(f"{below}: {match.message}".split()) if below else " ".join(match.message.split())
    fix = f"{match.rule.shortdesc}; {match.rule.source_url}" if match.rule.source_url else match.rule.shortdesc
    return Finding(template.stack, where, match.rule.id, reason, fix)
