"""A foreign app: run as a command it writes a cloud assembly to CDK_OUTDIR, as a CDK app does.

It has one stack for each kind of flaw, and the stack `clean` without any.
"""

import json
import os
from pathlib import Path

from tests.kit.check.clean import CLEAN
from tests.kit.check.siblings import MORE
from tests.kit.check.templates import Json, resource
from tests.kit.check.twenty_six import TWENTY_SIX

PLANTED = {**TWENTY_SIX, **MORE}


def write(stacks: dict[str, Json], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    artifacts = {}
    for name, template in stacks.items():
        file = f"{name}.template.json"
        template = {"Resources": {"Nothing1": resource("AWS::CloudFormation::WaitConditionHandle", {})}, **template}
        (folder / file).write_text(json.dumps(template), encoding="utf-8")
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": "aws://unknown-account/unknown-region",
            "properties": {"templateFile": file},
        }
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}), encoding="utf-8")


if __name__ == "__main__":
    planted_stacks = {name: planted.template for name, planted in PLANTED.items()}
    write({**planted_stacks, "clean": CLEAN}, Path(os.environ["CDK_OUTDIR"]))
