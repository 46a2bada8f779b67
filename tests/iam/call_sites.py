"""The places in lambda/ that call AWS, read from the source: file and operation of every client method in use."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import boto3
from botocore import xform_name

from tests.iam.recorded_calls import LAMBDA

CLIENT_MAKERS = {"client", "_client", "JsonClient"}
INDIRECT = {"get_paginator", "get_waiter"}


@dataclass(frozen=True, order=True)
class CallSite:
    """`file` is below lambda/, or None for a method passed as an argument or named like a function of the kit."""

    file: str | None
    operation: str


def call_sites() -> set[CallSite]:
    """Every use of a client's method: `x.put_object(...)`, `x.get_paginator("...")`, `x.client("lambda").invoke`."""
    trees = {path.relative_to(LAMBDA).as_posix(): ast.parse(path.read_bytes()) for path in sorted(LAMBDA.rglob("*.py"))}
    services = frozenset(name for tree in trees.values() for name in _services(tree))
    ours = {node.name for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    found = {site for file, tree in trees.items() for site in _sites(file, tree, _operations(services))}
    return {CallSite(None, site.operation) if site.operation in ours else site for site in found}


def _services(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in CLIENT_MAKERS:
            yield from _first_text(node)


def _sites(file: str, tree: ast.AST, operations: frozenset[str]) -> Iterator[CallSite]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in operations:
                yield CallSite(file, node.func.attr)
            elif node.func.attr in INDIRECT:
                yield from (CallSite(file, text) for text in _first_text(node))
        elif isinstance(node, ast.Attribute) and node.attr in operations and _is_method(node):
            yield CallSite(None, node.attr)


def _is_method(node: ast.Attribute) -> bool:
    """A name of one word may be any attribute (a URL's query): it counts on a client created in the same expression."""
    return "_" in node.attr or (isinstance(node.value, ast.Call) and _name(node.value.func) in CLIENT_MAKERS)


def _first_text(node: ast.Call) -> Iterator[str]:
    if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
        yield node.args[0].value


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


@cache
def _operations(services: frozenset[str]) -> frozenset[str]:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    models = [session.client(service).meta.service_model for service in services]
    return frozenset(xform_name(name) for model in models for name in model.operation_names)
