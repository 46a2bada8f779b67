"""make setup && .venv/bin/python -m benchmarks.synth [pairs]: `python app.py` against the same app in JavaScript.

plain_javascript.py records what the app asks the CDK and writes it as a JavaScript program: the same calls without
Python, jsii and the packing of functions. The templates of both must be equal. jsii_alone.py sends the same calls to
Node through jsii, without the app: a bound of what the app can reach with them. Runs alternate; figures are medians,
ratios are of paired runs to JavaScript. On a busy machine, read the processor time.

A second table has deployments of 1, 10 and 50 customizations, and the time that each further one costs: the same
between 1 and 10 as between 10 and 50 if synthesis is linear, and less as Node compiles what runs often.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

import aws_cdk
import constructs
from aws_cdk import cloud_assembly_schema

from benchmarks.plain_javascript import RECORD_NAME, SEED_NAME, javascript, recorded
from tests.large_deployment import large_deployment

PROJECT = Path(__file__).resolve().parent.parent
ALONE = Path(__file__).with_name("jsii_alone.py")
NODE = PROJECT / ".venv" / "bin" / "node"
CUSTOMIZATIONS = (1, 10, 50)
THROUGHPUTS, ALIASES = 0.4, 10  # for each customization


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    environment = {**os.environ, "CDK_VALIDATION": "false", "PATH": f"{NODE.parent}:{os.environ['PATH']}"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(dir=PROJECT / ".local") as folder:
        alternatives = _alternatives(Path(folder), environment)
        for alternative in alternatives.values():
            _timed(*alternative)
        if _templates(Path(folder) / "app") != _templates(Path(folder) / "plain"):
            sys.exit("the templates of both differ: plain_javascript.py does not write what the app does")
        runs = [{name: _timed(*alternative) for name, alternative in alternatives.items()} for _ in range(pairs)]
    print(f"\n{'':14}  wall s  ratio  processor s  ratio  (n={pairs})")
    for name in alternatives:
        cells = []
        for position in (0, 1):
            cells.append(statistics.median(run[name][position] for run in runs))
            cells.append(statistics.median(run[name][position] / run["JavaScript"][position] for run in runs))
        print("{:14}  {:6.2f}  {:5.2f}  {:11.2f}  {:5.2f}".format(name, *cells))
    _print_growth(environment, pairs)


def _print_growth(environment: dict[str, str], runs: int) -> None:
    print("\ncustomizations  throughputs  aliases  resources  processor s  s for each further customization")
    before = None
    with tempfile.TemporaryDirectory(dir=PROJECT / ".local") as folder:
        for number in CUSTOMIZATIONS:
            throughputs, aliases = max(1, round(number * THROUGHPUTS)), number * ALIASES
            text = large_deployment(customizations=number, throughputs=throughputs, aliases=aliases)
            seconds, resources = _grown(Path(folder), text, environment, runs)
            further = f"{(seconds - before[1]) / (number - before[0]):.3f}" if before else "-"
            print(f"{number:14}  {throughputs:11}  {aliases:7}  {resources:9}  {seconds:11.2f}  {further:>33}")
            before = number, seconds


def _grown(folder: Path, text: str, environment: dict[str, str], runs: int) -> tuple[float, int]:
    """Median of the seconds of processor time, and the number of resources."""
    file, assembly = folder / "deployment.toml", folder / "assembly"
    file.write_text(text, encoding="utf-8")
    context = json.dumps({"config": str(file)})
    environment = {**environment, "CDK_CONTEXT_JSON": context, "CDK_OUTDIR": str(assembly)}
    command = [sys.executable, "app.py"]
    _timed(command, environment)  # prepares the datasets and the functions' code
    seconds = statistics.median(_timed(command, environment)[1] for _ in range(runs))
    return seconds, sum(len(template["Resources"]) for template in _templates(assembly).values())


def _alternatives(scratch: Path, environment: dict[str, str]) -> dict[str, tuple[list[str], dict[str, str]]]:
    """Name -> command and environment."""
    app, app_environment = [sys.executable, "app.py"], {**environment, "CDK_OUTDIR": str(scratch / "app")}
    messages = recorded(app, app_environment, scratch, NODE)
    program, modules = scratch / "plain.js", scratch / "node_modules"
    program.write_text(javascript(messages), encoding="utf-8")
    for package in (aws_cdk, constructs, cloud_assembly_schema):
        _unpack(next((Path(str(package.__file__)).parent / "_jsii").glob("*.tgz")), modules)
    stacks = _templates(scratch / "app")
    resources = sum(len(template["Resources"]) for template in stacks.values())
    print(f"{len(stacks)} stacks, {resources} resources, {len(messages) // 2} calls of the CDK")
    plain_environment = {**environment, "CDK_OUTDIR": str(scratch / "plain"), "NODE_PATH": str(modules)}
    alone = [sys.executable, str(ALONE), str(scratch / RECORD_NAME)]
    alone_environment = {**app_environment, "NODE_OPTIONS": f"--require={scratch / SEED_NAME}"}
    return {
        "JavaScript": ([str(NODE), str(program)], plain_environment),
        "jsii alone": (alone, alone_environment),
        "python app.py": (app, app_environment),
    }


def _templates(assembly: Path) -> dict[str, dict[str, Any]]:
    return {
        path.name.removesuffix(".template.json"): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(assembly.glob("*.template.json"))
    }


def _unpack(archive: Path, modules: Path) -> None:
    with tarfile.open(archive) as tar:
        # Python 3.11.3 and older have no filters, 3.12 and 3.13 warn where none is chosen.
        tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        tar.extractall(modules)
    name = json.loads((modules / "package" / "package.json").read_text(encoding="utf-8"))["name"]
    (modules / name).parent.mkdir(exist_ok=True)
    (modules / "package").rename(modules / name)


def _timed(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds of wall time and of processor time."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=PROJECT, env=environment, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
