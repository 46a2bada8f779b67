"""Findings of the CDK's validation and of cdk-nag (AwsSolutions), which run beside this process."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kit.cdk_cli import NODE
from kit.check.construct_rules import without_dangling
from kit.check.finding import Finding
from kit.check.synthesis import ACCOUNT
from kit.check.template import Template
from kit_contract.errors import ExternalError
from kit_contract.places import PROJECT

SENTENCE = re.compile(r"(?<=[.!?])\s+")
FIXES = {
    "AwsSolutions-IAM4": "write a policy with the permissions that are needed",
    "AwsSolutions-IAM5": "name the actions and resources, or accept the wildcard with a reason",
}


class ConstructRules:
    """start() begins the work, findings() waits for it, stop() ends it."""

    def __init__(self, templates: Sequence[Template], folder: Path) -> None:
        self._templates = templates
        self._folder = folder
        self._log = folder / "log"

    def start(self) -> None:
        self._folder.mkdir()
        items = []
        for index, template in enumerate(self._templates):
            file = self._folder / f"T{index}.json"
            file.write_text(json.dumps(without_dangling(template.body)), encoding="utf-8")
            items.append({"file": str(file), "region": template.region, "account": ACCOUNT})
        (self._folder / "in.json").write_text(json.dumps(items), encoding="utf-8")
        command = [sys.executable, "-m", "kit.check.construct_rules", "in.json", "out.json"]
        command[3:] = [str(self._folder / name) for name in command[3:]]
        environment = {"JSII_NODE": str(NODE), **os.environ, "CDK_VALIDATION": "true"}
        with self._log.open("w", encoding="utf-8") as log:  # a pipe would fill up
            self._process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)

    def findings(self) -> Iterator[tuple[Template, Finding]]:
        self._process.wait()
        result = self._folder / "out.json"
        answer = json.loads(result.read_text(encoding="utf-8")) if result.is_file() else {}
        if answer.get("reports") is None:
            why = answer.get("failed") or "\n".join(
                self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-15:]
            )
            raise ExternalError(f"cdk-nag and the CDK's validation could not run: {why}")
        for index, why in answer["unreadable"].items():
            reason = f"the CDK cannot read the template, so cdk-nag did not check it: {why.splitlines()[0]}"
            template = self._templates[int(index)]
            yield template, Finding(template.stack, "template", "kit-unreadable", reason, "repair the template")
        for report in answer["reports"]:
            for violation in report["violations"]:
                yield from self._of(violation)

    def stop(self) -> None:
        """End it, if something else failed meanwhile."""
        self._process.kill()
        self._process.wait()

    def _of(self, violation: Mapping[str, Any]) -> Iterator[tuple[Template, Finding]]:
        rule = violation["ruleName"]
        reason, *rest = SENTENCE.split(" ".join(violation["description"].split()))
        fix = (
            FIXES.get(rule.partition("[")[0])
            or violation.get("suggestedFix")
            or " ".join(rest)
            or "change it, or accept it"
        )
        for construct in violation["violatingConstructs"]:
            stack, *_, resource = construct["constructPath"].split("/")
            template = self._templates[int(stack[1:])]
            yield template, Finding(template.stack, resource, rule, reason, fix)
