"""Walks a pipeline as CodePipeline does, from its template: stages, run orders, variables, approvals, retry, rollback.

The shell of each build runs, with `kit` and `make` of the source's folder. Rules and their sources:
- a variable without a value fails the action (docs.aws.amazon.com/codepipeline/latest/userguide/actions-variables.html)
- RETRY runs the failed actions once more (.../stage-retry-auto.html)
- ROLLBACK runs the stage with sources and variables of the last execution that was successful in it, if there is one
  (.../stage-rollback.html)
- the commands of a build share one shell, and the first that fails ends it
  (docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html)
"""

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

VARIABLE = re.compile(r"#\{(\w+)\.(\w+)\}")
OUTPUT: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8"}
LONGEST_VALUE = 1000  # characters of a configuration's value
Variables = Mapping[str, Mapping[str, str]]


@dataclass
class Execution:
    """`source`: the folder of the revision. `ran`: actions with their outcome. `outputs`: namespace -> variables.

    `log`: what the builds printed.
    """

    source: Path
    ran: list[str] = field(default_factory=list)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    approvals: list[Mapping[str, str]] = field(default_factory=list)
    succeeded: bool = False
    log: str = ""


@dataclass
class Walk:
    """`environ` of every build. `approve` gets the resolved configuration of an approval."""

    template: Mapping[str, Any]
    environ: Mapping[str, str]
    approve: Callable[[Mapping[str, str]], bool]
    _good: dict[str, Execution] = field(default_factory=dict)

    def run(self, source: Path) -> Execution:
        execution = Execution(source)
        for stage in self._stages():
            if not self._stage(stage, execution):
                return execution
            self._good[stage["Name"]] = execution
        execution.succeeded = True
        return execution

    def _stages(self) -> list[Mapping[str, Any]]:
        (found,) = (r for r in self.template["Resources"].values() if r["Type"] == "AWS::CodePipeline::Pipeline")
        stages: list[Mapping[str, Any]] = found["Properties"]["Stages"]
        return stages

    def _stage(self, stage: Mapping[str, Any], execution: Execution) -> bool:
        result = stage.get("OnFailure", {}).get("Result")
        failed = self._actions(stage, execution, execution)
        if failed and result == "RETRY":
            failed = self._actions(stage, execution, execution, only=failed)
        if failed and result == "ROLLBACK" and stage["Name"] in self._good:
            self._actions(stage, execution, self._good[stage["Name"]], mark="rollback ")
        return not failed

    def _actions(
        self,
        stage: Mapping[str, Any],
        execution: Execution,
        given: Execution,
        *,
        only: tuple[str, ...] = (),
        mark: str = "",
    ) -> tuple[str, ...]:
        """The failed actions and what comes after them. `given`: whose source and variables are used."""
        ordered = sorted(stage["Actions"], key=lambda action: int(action["RunOrder"]))
        wanted = [action for action in ordered if not only or action["Name"] in only]
        for _, group in groupby(wanted, key=lambda action: int(action["RunOrder"])):
            actions = list(group)
            done = {action["Name"]: self._action(action, execution, given) for action in actions}
            execution.ran += [f"{mark}{stage['Name']}.{name}{'' if ok else ' failed'}" for name, ok in done.items()]
            if not all(done.values()):
                later = wanted[wanted.index(actions[-1]) + 1 :]
                return (*(name for name, ok in done.items() if not ok), *(action["Name"] for action in later))
        return ()

    def _action(self, action: Mapping[str, Any], execution: Execution, given: Execution) -> bool:
        category = action["ActionTypeId"]["Category"]
        if category == "Source":
            return True
        configuration = {key: self._text(value, given.outputs) for key, value in action["Configuration"].items()}
        if category == "Approval":
            execution.approvals.append(configuration)
            return self.approve(configuration)
        return self._build(action, configuration, execution, given)

    def _text(self, value: Any, outputs: Variables) -> str:
        if isinstance(value, dict) and "Ref" in value:
            return str(value["Ref"])
        if isinstance(value, dict):
            (joined,) = value.values()
            value = joined[0].join(self._text(part, outputs) for part in joined[1])
        text = VARIABLE.sub(lambda found: outputs[found[1]][found[2]], str(value))
        assert len(text) <= LONGEST_VALUE
        return text

    def _build(
        self, action: Mapping[str, Any], configuration: Mapping[str, str], execution: Execution, given: Execution
    ) -> bool:
        project = self.template["Resources"][configuration["ProjectName"]]["Properties"]
        specification = json.loads(project["Source"]["BuildSpec"])
        overridden = json.loads(configuration.get("EnvironmentVariables", "[]"))
        exported = specification["env"].get("exported-variables", [])
        extra = [item["Name"] for item in action["InputArtifacts"] if item["Name"] != "Source"]
        environ = {
            **self.environ,
            **specification["env"].get("variables", {}),
            **{item["name"]: item["value"] for item in overridden},
            **{f"CODEBUILD_SRC_DIR_{name}": str(given.source / "artifacts" / name) for name in extra},
            "CODEBUILD_BUILD_ID": f"{configuration['ProjectName']}:0f0f",
        }
        phases = specification["phases"]
        lines = [*phases["install"]["commands"], *phases["build"]["commands"]]
        told = given.source / "exported"
        script = "\n".join([*(f"{{ {line}\n}} || exit 1" for line in lines), *_told(exported, told)])
        done = subprocess.run(["bash", "-c", script], cwd=given.source, env=environ, check=False, **OUTPUT)
        execution.log += done.stdout
        if done.returncode == 0:
            for item in action.get("OutputArtifacts", []):
                folder = given.source / "artifacts" / item["Name"]
                folder.parent.mkdir(exist_ok=True)
                (given.source / specification["artifacts"]["base-directory"]).rename(folder)
            if exported:
                values = told.read_text(encoding="utf-8").split("\0")[:-1]
                assert all(values), "CodePipeline resolves no variable without a value"
                execution.outputs[action["Namespace"]] = dict(zip(exported, values, strict=True))
        return done.returncode == 0


def _told(exported: list[str], file: Path) -> list[str]:
    values = " ".join(f'"${name}"' for name in exported)
    return [f"printf '%s\\0' {values} > {file}"] if exported else []
