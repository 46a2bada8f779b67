"""A Python CDK app as plain JavaScript: what the app asks the CDK, recorded and written as one program.

jsii sends each call as a line of JSON to Node, which answers with a line (https://github.com/aws/jsii). The program
makes the same calls in the same order without Python and jsii, so it writes the same templates. The app must not
implement or override anything of the CDK in Python: then Node would call back.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RECORD, NODE = "BENCHMARK_RECORD", "BENCHMARK_NODE"
RECORD_NAME, SEED_NAME = "record", "seed.js"
MODULES = {"aws-cdk-lib": "cdk", "constructs": "constructs", "@aws-cdk/cloud-assembly-schema": "schema"}
# Tokens are numbered from a random number on. The app is recorded with this line too, so its tokens are the program's.
SEED = "Math.random = () => 0;\n"


def recorded(command: list[str], environment: dict[str, str], folder: Path, node: Path) -> list[dict[str, Any]]:
    """Run the app, and give the messages between jsii and Node: a greeting, then requests and answers in turn.

    The messages stay in `folder`, and so does the module for Node's --require that seeds the numbers of tokens.
    """
    seed, record, recorder = folder / SEED_NAME, folder / RECORD_NAME, folder / "recorder"
    seed.write_text(SEED, encoding="utf-8")
    recorder.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{Path(__file__).resolve()}" "$@"\n', encoding="utf-8")
    recorder.chmod(0o755)
    own = {"JSII_NODE": str(recorder), "NODE_OPTIONS": f"--require={seed}", RECORD: str(record), NODE: str(node)}
    subprocess.run(command, env={**environment, **own}, check=True, capture_output=True)
    return [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]


def javascript(messages: list[dict[str, Any]]) -> str:
    lines = [SEED.rstrip(), *(f"const {name} = require('{module}');" for module, name in MODULES.items())]
    known: set[str] = set()
    for request, answer in zip(messages[1::2], messages[2::2], strict=False):
        if request.get("api") not in (None, "load"):
            lines.append(_named(_call(request), answer["ok"], known) + ";")
    return "\n".join(lines) + "\n"


def _call(request: dict[str, Any]) -> str:
    match request:
        case {"api": "create", "fqn": name, "args": values}:
            return f"new {_global(name)}({_arguments(values)})"
        case {"api": "sinvoke", "fqn": name, "method": method, "args": values}:
            return f"{_global(name)}.{method}({_arguments(values)})"
        case {"api": "invoke", "objref": reference, "method": method, "args": values}:
            return f"{_value(reference)}.{method}({_arguments(values)})"
        case {"api": "sget", "fqn": name, "property": attribute}:
            return f"{_global(name)}.{attribute}"
        case {"api": "get", "objref": reference, "property": attribute}:
            return f"{_value(reference)}.{attribute}"
        case {"api": "set", "objref": reference, "property": attribute, "value": value}:
            return f"{_value(reference)}.{attribute} = {_value(value)}"
    raise ValueError(f"no JavaScript for {request}; callbacks into Python have none")


def _named(call: str, answer: dict[str, Any], known: set[str]) -> str:
    """The call, and a name for each object that it returns for the first time."""
    result = answer if "$jsii.byref" in answer else answer.get("value", answer.get("result"))
    results = result if isinstance(result, list) else [result]
    names = [_value(item) if isinstance(item, dict) and "$jsii.byref" in item else "" for item in results]
    names = [name if name not in known else "" for name in names]
    known.update(names)
    if not any(names):
        return call
    return f"const [{', '.join(names)}] = {call}" if isinstance(result, list) else f"const {names[0]} = {call}"


def _arguments(values: list[Any]) -> str:
    while values and values[-1] is None:
        values = values[:-1]
    return ", ".join(map(_value, values))


def _value(value: Any) -> str:
    match value:
        case None:
            return "undefined"
        case {"$jsii.byref": reference}:
            return f"o{reference.rpartition('@')[2]}"
        case {"$jsii.enum": member}:
            return _global(member.replace("/", "."))
        case {"$jsii.date": date}:
            return f"new Date({json.dumps(date)})"
        case {"$jsii.struct": {"data": members}} | {"$jsii.map": members}:
            return f"{{{', '.join(_members(members))}}}"
        case list():
            return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value)


def _members(members: dict[str, Any]) -> Iterator[str]:
    return (f"{json.dumps(name)}: {_value(item)}" for name, item in members.items() if item is not None)


def _global(name: str) -> str:
    module, _, rest = name.partition(".")
    return f"{MODULES[module]}.{rest}"


def _record(arguments: list[str]) -> int:
    """Be Node for jsii: pass its lines on and keep them."""
    command = [os.environ[NODE], *arguments]
    with (
        Path(os.environ[RECORD]).open("wb") as record,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as node,
    ):
        assert node.stdin
        assert node.stdout
        threading.Thread(target=_pass_on, args=(sys.stdin.buffer, node.stdin, record), daemon=True).start()
        _pass_on(node.stdout, sys.stdout.buffer, record)
    return node.returncode


def _pass_on(source: Any, target: Any, record: Any) -> None:
    for line in source:
        for file in (record, target):
            file.write(line)
            file.flush()
    if target is not sys.stdout.buffer:
        target.close()


if __name__ == "__main__":
    sys.exit(_record(sys.argv[1:]))
