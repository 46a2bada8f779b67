"""Sends recorded requests (plain_javascript.py) to Node as they are: jsii without the CDK's Python API and the app.

usage: python jsii_alone.py RECORD. The modules of the CDK that the requests name are imported, as the app does.
"""

import gc
import importlib
import json
import sys
from pathlib import Path

gc.disable()  # as app.py does


def main() -> None:
    lines = Path(sys.argv[1]).read_bytes().splitlines(keepends=True)
    requests = [line for line in lines[1::2] if json.loads(line).get("api") not in (None, "load")]
    names = {json.loads(line).get("fqn", "") for line in requests}
    for module in sorted({name.split(".")[1] for name in names if name.startswith("aws-cdk-lib.aws_")}):
        importlib.import_module(f"aws_cdk.{module}")
    runtime = importlib.import_module("jsii._runtime")  # no public way to send a request as it is
    node = runtime.kernel.provider._process._process
    for line in requests:
        node.stdin.write(line)
        node.stdin.flush()
        node.stdout.readline()


if __name__ == "__main__":
    main()
