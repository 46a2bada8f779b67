"""The CDK's validation and cdk-nag need constructs: a scratch app includes the templates and is checked.

Runs in a process of its own (`python -m kit.check.construct_rules IN OUT`): the CDK's settings are read when it starts.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

AS_ERRORS = {"@aws-cdk/core:validateAgainstDefaultRules": True, "@aws-cdk/core:enablePartitionLiterals": True}
INCLUDED = "Included"


def main(arguments: list[str]) -> None:
    """IN: a list of {"file", "region", "account"}, OUT: {"unreadable": {index: why}, "reports": [...]}."""
    source, target = Path(arguments[0]), Path(arguments[1])
    items = dict(enumerate(json.loads(source.read_text(encoding="utf-8"))))
    unreadable: dict[int, str] = {}
    reports, failed = _reports(items, target.parent / "all", unreadable)
    if reports is None:  # one that cannot be rendered stops the others: find it
        for index, item in items.items():
            if index not in unreadable:
                alone, why = _reports({index: item}, target.parent / f"alone{index}", {})
                unreadable |= {index: why} if alone is None else {}
        readable = {index: item for index, item in items.items() if index not in unreadable}
        reports, failed = _reports(readable, target.parent / "rest", unreadable)
    target.write_text(json.dumps({"unreadable": unreadable, "reports": reports, "failed": failed}), encoding="utf-8")


def _reports(items: Mapping[int, Any], folder: Path, unreadable: dict[int, str]) -> tuple[Any, str]:
    """What the rules found, or None and why the app could not be synthesized. Adds to `unreadable`."""
    import aws_cdk as cdk
    from aws_cdk import Validations
    from aws_cdk.cloudformation_include import CfnInclude
    from cdk_nag import AwsSolutionsChecks

    app = cdk.App(context=AS_ERRORS, outdir=str(folder), analytics_reporting=False)
    for index, item in items.items():
        environment = cdk.Environment(account=item["account"], region=item["region"])
        stack = cdk.Stack(app, f"T{index}", env=environment, synthesizer=cdk.BootstraplessSynthesizer())
        try:
            CfnInclude(stack, INCLUDED, template_file=item["file"])
        except RuntimeError as error:
            app.node.try_remove_child(f"T{index}")
            unreadable[index] = str(error)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app, verbose=True))
    failed = ""
    try:
        app.synth()
    except RuntimeError as error:  # findings, or what the CDK cannot render
        failed = str(error)
    report = folder / "validation-report.json"
    return (json.loads(report.read_text(encoding="utf-8"))["pluginReports"] if report.is_file() else None), failed


def without_dangling(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template without references to what it does not have, which the CDK refuses to read and cfn-lint reports."""
    known = {*template.get("Resources", {}), *template.get("Parameters", {})}
    replaced: dict[str, Any] = _without(template, known)
    return replaced


def _without(value: Any, known: set[str]) -> Any:
    match value:
        case {"Fn::GetAtt": [str(name), *_]} | {"Fn::GetAtt": str(name)} if name.partition(".")[0] not in known:
            return name
        case {"Ref": str(name)} if name not in known and not name.startswith("AWS::"):
            return name
        case dict():
            return {key: _without(item, known) for key, item in value.items()}
        case list():
            return [_without(item, known) for item in value]
    return value


if __name__ == "__main__":
    main(sys.argv[1:])
