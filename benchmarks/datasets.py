""".venv/bin/python -m benchmarks.datasets nova_ft_dataset_validator.py [--pairs 5]: time and memory of datasets.

The argument is a copy of AWS's validator, which you fetch yourself:
https://github.com/aws-samples/amazon-bedrock-samples, custom-models/bedrock-fine-tuning/nova/understanding/
dataset_validation. Every command runs in a process of its own; the exit code is 1 where a goal is missed.
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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MODEL = "amazon.nova-micro-v1:0:128k"
RECORDS = 20_000  # the most that Nova takes
GIGABYTE = 10**9
WORDS = (
    *("the", "a", "printer", "shows", "light", "and", "then", "water", "tank", "filter", "please", "press", "hold"),
    *("öl", "größe", "é", "replace", "order", "invoice", "customer", "number", "delivered", "yesterday", "maybe"),
)
SYNTH = """
import sys
from pathlib import Path
from deployment import datasets
from deployment.config import ConfigError, load_deployment_config
folder = Path(sys.argv[1])
datasets.PREPARED = folder / "prepared"
try:
    datasets.prepare_datasets(load_deployment_config(folder / "deployment.toml"))
    fault = ""
except ConfigError as error:
    fault = str(error)
sys.exit(0 if sys.argv[2] in fault and bool(sys.argv[2]) == bool(fault) else f"unexpected: {fault}")
"""


@dataclass(frozen=True)
class Run:
    seconds: float
    peak_mb: float


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("validator", type=Path)
    parser.add_argument("--pairs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        met = [*_check(folder, options), *_large_file(folder), *_synth(folder)]
    return 0 if all(met) else 1


def _check(folder: Path, options: argparse.Namespace) -> Iterator[bool]:
    file = folder / "small.jsonl"
    _write(file, _conversations(RECORDS))
    validator = [sys.executable, "-W", "ignore", str(options.validator.resolve()), "-m", "micro", "-i", str(file)]
    pairs = [(_kit("check", str(file)), _run(validator)) for _ in range(options.pairs)]
    for who, runs in zip(("kit data check", "AWS's validator"), zip(*pairs, strict=True), strict=True):
        seconds = statistics.median(run.seconds for run in runs)
        print(f"{RECORDS:,} records, {file.stat().st_size / 1e6:.0f} MB, {who}: {seconds:.2f} s (n={len(runs)})")
    ratio = statistics.median(kit.seconds / aws.seconds for kit, aws in pairs)
    yield _goal("kit / AWS's validator, median of the pairs", ratio, 0.6, "")


def _large_file(folder: Path) -> Iterator[bool]:
    chats, records = folder / "chats.jsonl", folder / "records.jsonl"
    _write(chats, _chats(GIGABYTE))
    split = ["--training", str(folder / "training.jsonl"), "--validation", str(folder / "validation.jsonl")]
    for command, file, more in (
        ("convert", chats, ["--output", str(records)]),
        ("check", records, []),
        ("split", records, split),
    ):
        run = _kit(command, str(file), *more)
        name = f"kit data {command}, {file.stat().st_size / 1e9:.1f} GB in {run.seconds:.0f} s, memory"
        yield _goal(name, run.peak_mb, 100, " MB")
    run = _run(_synth_of(folder, chats, f"got {RECORDS + 1} or more; use fewer records"))
    yield _goal("synth refuses the chats, more than the base model takes, time", run.seconds, 30, " s")
    for file in (chats, records, *map(Path, split[1::2])):
        file.unlink()


def _synth(folder: Path) -> Iterator[bool]:
    dataset = folder / "dataset.jsonl"
    _write(dataset, _pairs(RECORDS, 35_000))
    run = _run(_synth_of(folder, dataset))
    name = f"synth, {RECORDS:,} records, {dataset.stat().st_size / 1e6:.0f} MB in {run.seconds:.0f} s, memory"
    yield _goal(name, run.peak_mb, 300, " MB")


def _synth_of(folder: Path, dataset: Path, fault: str = "") -> list[str]:
    (folder / "deployment.toml").write_text(
        '[deployment]\nname = "sup"\nregion = "us-east-1"\n[training.customizations.support]\nalias = "bot"\n'
        f'base_model = "{MODEL}"\ndataset = ["{dataset.name}"]\n'
    )
    return [sys.executable, "-c", SYNTH, str(folder), fault]


def _write(file: Path, lines: Iterator[dict[str, object]]) -> None:
    """Line by line: a process that is started inherits this one's peak memory."""
    with file.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _sentence(source: random.Random, words: int) -> str:
    return " ".join(source.choices(WORDS, k=words)) + "."


def _conversations(count: int) -> Iterator[dict[str, object]]:
    """Records of 2 to 6 turns, 1.3 KB on average, the same in every run."""
    source = random.Random(20261125)
    for _ in range(count):
        messages = []
        for _ in range(source.choice([1, 1, 2, 3])):
            answer = _sentence(source, source.randint(30, 100)) + '\nStep "two": done.'
            for role, text in (("user", _sentence(source, source.randint(8, 50))), ("assistant", answer)):
                messages.append({"role": role, "content": [{"text": text}]})
        yield {"schemaVersion": "bedrock-conversation-2024", "system": [{"text": "Be brief."}], "messages": messages}


def _chats(size: int) -> Iterator[dict[str, object]]:
    """Short OpenAI chats, some 3 million in a gigabyte: memory would show whatever is kept of each."""
    source, number = random.Random(7), 0
    texts = [_sentence(source, 20) for _ in range(500)]
    while size > 0:
        number += 1
        turns = (("user", f"{number}: {source.choice(texts)}"), ("assistant", source.choice(texts)))
        yield {"messages": [{"role": role, "content": text} for role, text in turns]}
        size -= 340


def _pairs(count: int, characters: int) -> Iterator[dict[str, object]]:
    for number in range(count):
        yield {"prompt": f"{number}?", "response": "word " * (characters // 5)}


def _kit(command: str, *arguments: str) -> Run:
    more_records_than_nova_takes = 1  # is a finding
    command_line = [sys.executable, "-m", "kit", "data", command, *arguments, "--model", MODEL]
    return _run(command_line, codes=(0, more_records_than_nova_takes))


def _run(command: Sequence[str], codes: Sequence[int] = (0,)) -> Run:
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in codes:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Run(seconds, usage.ru_maxrss / 1024)


def _goal(name: str, found: float, most: float, unit: str) -> bool:
    verdict = "met" if found <= most else "MISSED"
    print(f"{name}: {found:.3g}{unit} (goal: at most {most:g}{unit}, {verdict})", flush=True)
    return found <= most


if __name__ == "__main__":
    sys.exit(main())
