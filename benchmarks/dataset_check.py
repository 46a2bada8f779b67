""".venv/bin/python -m benchmarks.dataset_check [--aws-validator PATH] [--pairs 5]: `kit data check` and a reference.

PATH is a copy of AWS's nova_ft_dataset_validator.py, of either repository, which you fetch yourself:
  https://github.com/aws-samples/amazon-bedrock-samples  custom-models/bedrock-fine-tuning/nova/understanding/
  https://github.com/aws-samples/amazon-nova-samples     customization/bedrock-finetuning/understanding/
Without it the reference is a loop over the same records with pydantic models of our own, line by line.

Both run as processes on the same files, one after the other; ratios are medians over the pairs. The reference is
imported and told to take more than 20,000 records for the large file; the small one is read by its script as it is.
The exit code is 1 where a goal is missed.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MODEL = "amazon.nova-micro-v1:0:128k"
LARGE, SMALL = 200_000, 20_000  # the second is the most that Nova takes
WORDS = (
    *("the", "a", "printer", "shows", "light", "and", "then", "water", "tank", "filter", "please", "press", "hold"),
    *("öl", "größe", "é", "replace", "order", "invoice", "customer", "number", "delivered", "yesterday", "maybe"),
)


@dataclass(frozen=True)
class Run:
    """`peak_mb` is the largest process, times the number of processes that the command may have had."""

    seconds: float
    processor: float
    peak_mb: float


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--aws-validator", type=Path)
    parser.add_argument("--pairs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        large, small, bad = (Path(folder) / name for name in ("large.jsonl", "small.jsonl", "bad.jsonl"))
        _write(large, small, bad)
        print(
            f"{LARGE:,} records, {large.stat().st_size / 1e6:.0f} MB; {_processors()} processors; n = {options.pairs}"
        )
        return _compare(options, large, small, bad)


def _compare(options: argparse.Namespace, large: Path, small: Path, bad: Path) -> int:
    reference = _lifted(options.aws_validator) if options.aws_validator else [sys.executable, "-c", PYDANTIC_LOOP]
    whole = [sys.executable, str(options.aws_validator), "-m", "micro", "-i"] if options.aws_validator else reference
    print(f"reference: {options.aws_validator.name if options.aws_validator else 'a loop with pydantic'}")
    pairs = [(_run(_kit(large), _processors()), _run([*reference, str(large)])) for _ in range(options.pairs)]
    small_pairs = [(_run(_kit(small)), _run([*whole, str(small)])) for _ in range(options.pairs)]
    bad_pairs = [(_run(_kit(bad), _processors()), ours) for ours, _ in pairs]
    _show(f"{LARGE:,} records, kit", [ours for ours, _ in pairs], LARGE)
    _show(f"{LARGE:,} records, reference", [theirs for _, theirs in pairs], LARGE)
    _show(f"{SMALL:,} records, kit, whole command", [ours for ours, _ in small_pairs], SMALL)
    _show(f"{SMALL:,} records, reference, whole command", [theirs for _, theirs in small_pairs], SMALL)
    _show(f"{LARGE:,} records, every one bad, kit", [ours for ours, _ in bad_pairs], LARGE)
    aws = options.aws_validator is not None
    met = [
        _goal("rows a second, kit / reference", pairs, _faster, at_least=12 if aws else None),
        _goal("processor time, reference / kit", pairs, lambda kit, other: other.processor / kit.processor),
        _goal("peak memory, kit / reference", pairs, _memory, at_most=0.1 if aws else None),
        _goal("whole command, kit / reference", small_pairs, _slower, at_most=0.2 if aws else None),
        _goal("time, every record bad / good", bad_pairs, _slower, at_most=5),
        _goal("peak memory, bad / good", bad_pairs, _memory, at_most=1.5),
    ]
    return 0 if all(met) else 1


def _faster(ours: Run, theirs: Run) -> float:
    return theirs.seconds / ours.seconds


def _slower(ours: Run, theirs: Run) -> float:
    return ours.seconds / theirs.seconds


def _memory(ours: Run, theirs: Run) -> float:
    return ours.peak_mb / theirs.peak_mb


def _write(large: Path, small: Path, bad: Path) -> None:
    """Line by line: a process that is started inherits this one's peak memory."""
    with large.open("wb") as all_lines, small.open("wb") as some, bad.open("wb") as broken:
        for number, line in enumerate(_records(LARGE)):
            all_lines.write(line)
            broken.write(line.replace(b'"assistant"', b'"Assistant"', 1))
            if number < SMALL:
                some.write(line)


def _records(count: int) -> Iterator[bytes]:
    """Conversations of 2 to 6 turns, 1.3 KB on average, each tenth escaped to ASCII; the same in every run."""
    source = random.Random(20261125)

    def sentence(words: int) -> str:
        return " ".join(source.choice(WORDS) for _ in range(words)) + "."

    for number in range(count):
        messages = []
        for _ in range(source.choice([1, 1, 2, 3])):
            messages.append({"role": "user", "content": [{"text": sentence(source.randint(8, 40))}]})
            answer = sentence(source.randint(30, 90)) + '\nStep "two": done.'
            messages.append({"role": "assistant", "content": [{"text": answer}]})
        record = {"schemaVersion": "bedrock-conversation-2024", "system": [{"text": "Be brief."}], "messages": messages}
        yield json.dumps(record, ensure_ascii=number % 10 == 0).encode() + b"\n"


def _kit(file: Path) -> list[str]:
    return [sys.executable, "-m", "kit", "data", "check", "--model", MODEL, str(file)]


def _run(command: Sequence[str], processes: int = 1) -> Run:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):  # the large file has more records than Nova takes: a finding
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024 * processes)


def _lifted(path: Path) -> list[str]:
    code = (
        "import importlib.util, sys, types\n"
        f"spec = importlib.util.spec_from_file_location('validator', {str(path)!r})\n"
        "module = importlib.util.module_from_spec(spec); sys.modules['validator'] = module\n"
        "spec.loader.exec_module(module)\n"
        "module.MODEL_TO_NUM_SAMPLES_MAP = {'micro': (8, 10**9)}\n"
        "given = {'model_name': 'micro', 'task_type': 'sft', 'platform': 'bedrock'}\n"
        "module.validate_converse_dataset(types.SimpleNamespace(input_file=sys.argv[1], **given))\n"
    )
    return [sys.executable, "-W", "ignore", "-c", code]


def _processors() -> int:
    return len(os.sched_getaffinity(0))


def _show(name: str, runs: list[Run], records: int) -> None:
    seconds = statistics.median(run.seconds for run in runs)
    busy = statistics.median(run.processor for run in runs)
    peak = statistics.median(run.peak_mb for run in runs)
    print(f"{name:<45}{seconds:8.2f} s {records / seconds:10,.0f} rows/s {busy:7.2f} s processor {peak:6.0f} MB")


def _goal(
    name: str,
    pairs: list[tuple[Run, Run]],
    ratio: Callable[[Run, Run], float],
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> bool:
    """The goals are against AWS's validator; the loop with pydantic checks less and has none."""
    found = statistics.median(ratio(ours, theirs) for ours, theirs in pairs)
    met = (at_least is None or found >= at_least) and (at_most is None or found <= at_most)
    goal = f"at least {at_least:g}" if at_least else f"at most {at_most:g}" if at_most else ""
    print(f"{name:<45}{found:8.2f}   {f'goal: {goal}, ' + ('met' if met else 'MISSED') if goal else ''}")
    return met


PYDANTIC_LOOP = """
import sys
from typing import Annotated, Literal
from pydantic import BaseModel, ConfigDict, Field
class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1)]
class Turn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    role: Literal["user", "assistant"]
    content: Annotated[list[Part], Field(min_length=1)]
class Record(BaseModel):
    model_config = ConfigDict(extra="forbid")
    schemaVersion: str
    system: list[Part] | None = None
    messages: Annotated[list[Turn], Field(min_length=2)]
for line in open(sys.argv[1], "rb"):
    turns = Record.model_validate_json(line).messages
    assert all(turn.role == ("user", "assistant")[index % 2] for index, turn in enumerate(turns))
"""

if __name__ == "__main__":
    sys.exit(main())
