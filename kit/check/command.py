"""`kit check`: cfn-lint, the CDK's validation, cdk-nag and the kit's own rules on the templates of any CDK app."""

import argparse
import gc
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kit.check.constructs import ConstructRules
from kit.check.finding import Finding, as_lines, as_table
from kit.check.lint import lint_findings
from kit.check.own_apps import own_apps
from kit.check.rules.catalog import own_findings
from kit.check.synthesis import synthesize, synthesize_own
from kit.check.template import Template, missing_lookups, templates_in
from kit_contract.counted import counted

NUMBERED = re.compile(r"^[EFWI](\d{4})$")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    app = 'the command that runs another CDK app, such as "python app.py", or the folder of a cloud assembly'
    parser.add_argument("--app", metavar="COMMAND", help=f"{app}; default: the kit's own app")
    parser.add_argument("--directory", type=Path, default=Path(), help="the folder of --app; default: this folder")
    config = "a deployment.toml, or the context value `config` of --app; more than one are checked together"
    parser.add_argument(
        "--config", action="append", default=[], metavar="FILE", help=f"default: deployment.toml; {config}"
    )
    one = "one of the environments of deployment.toml; default: all of them"
    parser.add_argument("--environment", metavar="NAME", help=one)
    parser.add_argument("--json", action="store_true", help="print one JSON object for each finding")


def run(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="kit-check-") as folder:
        assemblies = _assemblies(options, Path(folder))
        templates = [template for assembly in assemblies for template in templates_in(assembly)]
        lookups = sorted({key for assembly in assemblies for key in missing_lookups(assembly)})
        findings = _findings(templates, Path(folder)) if templates else []
    if lookups:
        print(
            f"warning: checked with dummy values, because cdk.context.json lacks {', '.join(lookups)}", file=sys.stderr
        )
    if findings:
        print(as_lines(findings) if options.json else as_table(findings))
    print(_summary(templates, findings), file=sys.stderr)
    return 1 if findings else 0


def _assemblies(options: argparse.Namespace, folder: Path) -> list[Path]:
    """Two apps are synthesized at a time."""
    configs = options.config
    with ThreadPoolExecutor(2) as pool:
        if options.app is None:
            files = [Path(config) for config in configs or ["deployment.toml"]]
            wanted = [app for file in files for app in own_apps(file, options.environment)]
            outputs = [folder / f"app{number}" for number in range(len(wanted))]
            return list(pool.map(synthesize_own, wanted, outputs))
        contexts = [{"config": config} for config in configs] or [{}]
        outputs = [folder / f"app{number}" for number in range(len(contexts))]
        return list(
            pool.map(
                lambda output, context: synthesize(options.app, output, context, options.directory), outputs, contexts
            )
        )


def _findings(templates: Sequence[Template], folder: Path) -> list[Finding]:
    """Each finding once, without those that the app accepts."""
    constructs = ConstructRules(templates, folder / "constructs")
    constructs.start()
    gc.disable()  # a quarter of cfn-lint's time
    try:
        found = [*_own_and_lint(templates), *constructs.findings()]
    finally:
        constructs.stop()
        gc.enable()
    return without_doubles({item for template, item in found if not template.accepts(item.rule, item.resource)})


def without_doubles(findings: Iterable[Finding]) -> list[Finding]:
    """In order, and once what cfn-lint and the CDK's validation both find: they number rules alike (E3031, F3031)."""
    first: dict[tuple[str, ...], Finding] = {}
    for finding in sorted(findings):
        number = NUMBERED.match(finding.rule)
        first.setdefault((finding.stack, finding.resource, *((number[1],) if number else _text(finding))), finding)
    return list(first.values())


def _text(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.reason


def _own_and_lint(templates: Sequence[Template]) -> Iterator[tuple[Template, Finding]]:
    yield from own_findings(templates)
    for template in templates:
        yield from ((template, finding) for finding in lint_findings(template))


def _summary(templates: Sequence[Template], findings: Sequence[Finding]) -> str:
    stacks = len({template.stack for template in templates})
    found = f"{counted(len(findings), 'finding')} in {counted(stacks, 'stack')}"
    return f"{found}: cfn-lint, the CDK's validation, cdk-nag, the kit's rules"
