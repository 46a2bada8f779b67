"""make setup && .venv/bin/python -m benchmarks.synth [pairs]: `python app.py` against a JavaScript twin.

The twin declares every resource of the synthesized templates with the CDK's own CfnResource in JavaScript on the same
Node 24 and writes an assembly: what the same stacks cost without Python and jsii. Pairs alternate; medians are quoted.
"""

import json
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import aws_cdk
import constructs
from aws_cdk import cloud_assembly_schema

PROJECT = Path(__file__).resolve().parent.parent
NODE = PROJECT / ".venv" / "bin" / "node"
TWIN = """
const cdk = require('aws-cdk-lib');
const app = new cdk.App({outdir: process.argv[3]});
const stacks = JSON.parse(require('fs').readFileSync(process.argv[2]));
for (const [name, template] of Object.entries(stacks)) {
  const stack = new cdk.Stack(app, name);
  for (const [id, resource] of Object.entries(template.Resources))
    new cdk.CfnResource(stack, id, {type: resource.Type, properties: resource.Properties}).overrideLogicalId(id);
}
app.synth();
"""


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    environment = {**os.environ, "CDK_VALIDATION": "false", "PATH": f"{NODE.parent}:{os.environ['PATH']}"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(dir=PROJECT / ".local") as folder:
        scratch = Path(folder)
        kit = [sys.executable, "app.py"]
        kit_environment = {**environment, "CDK_OUTDIR": str(scratch / "kit")}
        _timed(kit, kit_environment)
        twin = _twin(scratch)
        _timed(twin, environment)
        runs = [(_timed(kit, kit_environment), _timed(twin, environment)) for _ in range(pairs)]
    kit_seconds = statistics.median(run[0] for run in runs)
    twin_seconds = statistics.median(run[1] for run in runs)
    ratio = statistics.median(run[0] / run[1] for run in runs)
    print(f"python app.py {kit_seconds:.2f} s   JavaScript twin {twin_seconds:.2f} s   ratio {ratio:.2f} (n={pairs})")


def _twin(scratch: Path) -> list[str]:
    templates = {
        path.name.removesuffix(".template.json"): json.loads(path.read_text(encoding="utf-8"))
        for path in (scratch / "kit").glob("*.template.json")
    }
    print(f"{len(templates)} stacks, {sum(len(t['Resources']) for t in templates.values())} resources")
    (scratch / "templates.json").write_text(json.dumps(templates), encoding="utf-8")
    modules = scratch / "node_modules"
    for package in (aws_cdk, constructs, cloud_assembly_schema):
        _unpack(next((Path(str(package.__file__)).parent / "_jsii").glob("*.tgz")), modules)
    (scratch / "twin.js").write_text(TWIN, encoding="utf-8")
    return [str(NODE), str(scratch / "twin.js"), str(scratch / "templates.json"), str(scratch / "twin")]


def _unpack(archive: Path, modules: Path) -> None:
    with tarfile.open(archive) as tar:
        tar.extractall(modules, filter="data")
    name = json.loads((modules / "package" / "package.json").read_text(encoding="utf-8"))["name"]
    (modules / name).parent.mkdir(exist_ok=True)
    (modules / "package").rename(modules / name)


def _timed(command: list[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=PROJECT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
