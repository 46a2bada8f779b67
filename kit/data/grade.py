"""`kit data grade`: what a grader gives for right and for empty answers. Exit code 0, 1: the same, 2: it fails.

Bedrock calls the grader for hours, and its failure ends the job: this calls the same function, here, in seconds.
"""

import argparse
import importlib.util
import json
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kit_contract.counted import counted
from kit_contract.errors import InputError
from training_data.sources.files import SourceError
from training_data.sources.records import read_records

Handler = Callable[[list[dict[str, Any]], object], Any]
SHOWN = 5
BATCH = 32  # samples of a call


class GraderError(InputError):
    """When the grader cannot be called, or does not answer as Bedrock needs it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="records of reinforcement fine-tuning")
    parser.add_argument("--grader", type=Path, required=True, help="a Python file, or a folder with lambda_function.py")
    parser.add_argument("--handler", help="module.function (default: lambda_handler of the file)")


def run(options: argparse.Namespace) -> int:
    handler = load_handler(options.grader, options.handler)
    records = list(_records(options.file))
    right = scores(handler, [_sample(record, _reference(record)) for record in records])
    empty = scores(handler, [_sample(record, "") for record in records])
    print(
        f"{options.file.name}: {counted(len(records), 'record')}, mean score of right answers {_mean(right):.2f}, ",
        end="",
    )
    print(f"of empty answers {_mean(empty):.2f}")
    apart = [a > b for a, b in zip(right, empty, strict=True)]
    same = [number for number, differs in enumerate(apart, 1) if not differs]
    if same:
        shown = ", ".join(map(str, same[:SHOWN])) + (", ..." if len(same) > SHOWN else "")
        print(f"  {len(same):,} get no more for reference_answer than for an empty answer: records {shown}")
    return 1 if len(same) == len(records) else 0


def load_handler(grader: Path, handler: str | None) -> Handler:
    """The function that Lambda would call. Raises GraderError."""
    is_file = grader.is_file() or grader.suffix == ".py"
    folder = grader.parent if is_file else grader
    module, _, function = (handler or f"{grader.stem if is_file else 'lambda_function'}.lambda_handler").rpartition(".")
    path = folder / f"{module.replace('.', '/')}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path) if path.is_file() else None
    if spec is None or spec.loader is None:
        raise GraderError(f"{path} does not exist; name the grader's file or folder, and its --handler")
    loaded = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(folder))  # as Lambda does, for modules beside the handler
    try:
        spec.loader.exec_module(loaded)
    except Exception as error:
        raise GraderError(f"{path} cannot be imported: {type(error).__name__}: {error}; correct it") from error
    found = getattr(loaded, function, None)
    if not callable(found):
        raise GraderError(f"{path} defines no function {function}; define it, or name another --handler")
    called: Handler = found
    return called


def scores(handler: Handler, samples: list[dict[str, Any]]) -> list[float]:
    """The score of each sample. Raises GraderError."""
    found: dict[str, float] = {}
    for start in range(0, len(samples), BATCH):
        try:
            answer = json.loads(json.dumps(handler(samples[start : start + BATCH], None)))
        except Exception as error:
            raise GraderError(f"the grader fails: {type(error).__name__}: {error}; a job would fail, too") from error
        found |= _by_id(answer)
    missing = [sample["id"] for sample in samples if sample["id"] not in found]
    if missing:
        raise GraderError(f"the grader gives no score for record {missing[0]}; return one for each id")
    return [found[sample["id"]] for sample in samples]


def _by_id(answer: Any) -> dict[str, float]:
    try:
        found = {item["id"]: float(item["aggregate_reward_score"]) for item in answer}
    except (TypeError, KeyError, ValueError):
        shown = json.dumps(answer)[:120]
        raise GraderError(f"the grader must return a list of id and aggregate_reward_score, got {shown}") from None
    if wrong := [score for score in found.values() if not math.isfinite(score)]:
        raise GraderError(f"a score must be a number, got {wrong[0]}; keep scores between 0 and 1")
    return found


def _records(file: Path) -> Iterator[dict[str, Any]]:
    number = 0
    for source in read_records(file):
        if isinstance(source, SourceError):
            raise source
        if not isinstance(source.value, dict) or "messages" not in source.value:
            raise GraderError(f"{file.name}:{source.line}: has no messages; run kit data convert first")
        number += 1
        yield {"id": str(number), **source.value}
    if not number:
        raise GraderError(f"{file.name} has no records")


def _sample(record: dict[str, Any], answer: str) -> dict[str, Any]:
    """As Bedrock sends it: what a record has beside its messages is metadata."""
    metadata = {name: value for name, value in record.items() if name not in ("id", "messages")}
    messages = [*record["messages"], {"role": "assistant", "content": answer}]
    return {"id": record["id"], "messages": messages, "metadata": metadata}


def _reference(record: dict[str, Any]) -> str:
    value = record.get("reference_answer", "")
    if isinstance(value, dict):
        value = value.get("final_answer", value)
    return value if isinstance(value, str) else json.dumps(value)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
