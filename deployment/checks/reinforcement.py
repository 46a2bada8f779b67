"""Faults of [training.customizations.*.reinforcement]: the grader's files, its entry point, the models it may ask.

https://docs.aws.amazon.com/bedrock/latest/userguide/reward-functions.html
"""

import ast
from collections.abc import Iterator

from deployment.checks.models import require_answers
from deployment.config import DeploymentConfig
from deployment.sections.reinforcement import Reinforcement
from deployment.sections.training import Customization
from model_catalog import catalog

METHOD = "REINFORCEMENT_FINE_TUNING"


def reinforcement_faults(where: str, item: Customization, config: DeploymentConfig) -> Iterator[str]:
    where = f"{where}.reinforcement"
    section = item.reinforcement
    if (item.method == METHOD) != (section is not None):
        given = f"method = {item.method!r} and {'a' if section else 'no'} section {where}"
        yield f"{where}: method = {METHOD!r} and this section go together, got {given}; add or remove one"
    elif section:
        yield from _grader_faults(where, section)
        for model in section.judge_models:
            try:
                require_answers(model, config.deployment.region)
            except catalog.CatalogError as error:
                yield f"{where}.judge_models: {error}"


def _grader_faults(where: str, section: Reinforcement) -> Iterator[str]:
    if section.grader is None:
        if section.judge_models or section.handler:
            yield (
                f"{where}.grader_arn: handler and judge_models are of a grader that the kit makes, not of a function "
                "that exists; remove them, and give the function's role its rights yourself"
            )
        return
    if not section.grader.exists():
        yield f"{where}.grader: {section.grader} does not exist; name a Python file or a folder"
        return
    module, _, function = section.entry_point.rpartition(".")
    name = f"{module.replace('.', '/')}.py"
    source = section.grader_files().get(name)
    if source is None:
        yield f"{where}.grader: the handler {section.entry_point} needs {name}, which is not there; set handler"
        return
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        yield f"{where}.grader: {name}:{error.lineno}: {error.msg}; correct the file"
        return
    if function not in _names(tree):
        yield f"{where}.grader: {name} defines no {function}; define it, or set handler to another function"


def _names(tree: ast.Module) -> set[str]:
    """Functions and variables of the module, imported ones included."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update(alias.asname or alias.name for alias in node.names)
    return found
