"""make setup && .venv/bin/python -m benchmarks.dataset_convert [pairs]: 200,000 OpenAI chats to Bedrock conversations.

The kit's conversion (all processors, then one) against a plain json loop that writes the same bytes. Pairs alternate on
the same file in one run; medians of the ratios are quoted, of elapsed time and of processor time (of the busiest
process: what elapsed time comes to where nothing else runs). Each output is new: no side frees the other's pages.
"""

import hashlib
import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from training_data.conversion.conversion import Target
from training_data.conversion.dataset_conversion import convert_dataset

PROJECT = Path(__file__).resolve().parent.parent
RECORDS = 200_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory(dir=PROJECT / ".local") as folder:
        source = Path(folder) / "chats.jsonl"
        _generate(source)
        print(f"{RECORDS} records, {source.stat().st_size / 1e6:.0f} MB, {os.cpu_count()} processors, n={pairs}")
        assert _digest(_kit, source) == _digest(_plain, source), "the kit's bytes differ from the plain loop's"
        for name, convert in (("kit", _kit), ("kit, one process", _kit_alone)):
            runs = [(_timed(convert, source), _timed(_plain, source)) for _ in range(pairs)]
            rate = RECORDS / statistics.median(kit[0] for kit, _ in runs)
            elapsed, busy = ([plain[i] / kit[i] for kit, plain in runs] for i in (0, 1))
            print(
                f"{name}: {rate:,.0f} records/s, {statistics.median(elapsed):.1f} times the plain loop "
                f"({min(elapsed):.1f} to {max(elapsed):.1f}); in processor time {statistics.median(busy):.1f} times"
            )
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"peak memory: {peaks[0]:.0f} MB in this process, {peaks[1]:.0f} MB in the largest other one")


def _kit(source: Path, output: Path) -> None:
    convert_dataset(source, Target("converse"), output=output)


def _kit_alone(source: Path, output: Path) -> None:
    convert_dataset(source, Target("converse"), output=output, processes=1)


def _plain(source: Path, output: Path) -> None:
    with source.open(encoding="utf-8") as lines, output.open("w", encoding="utf-8") as stream:
        for line in lines:
            messages = json.loads(line)["messages"]
            record: dict[str, Any] = {"schemaVersion": "bedrock-conversation-2024"}
            if messages[0]["role"] == "system":
                record["system"] = [{"text": messages.pop(0)["content"]}]
            record["messages"] = [{"role": turn["role"], "content": [{"text": turn["content"]}]} for turn in messages]
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def _timed(convert: Callable[[Path, Path], None], source: Path) -> tuple[float, float]:
    """Seconds elapsed, and processor seconds of the busiest process (with two processors there is one other)."""
    output = source.with_name("output.jsonl")
    before = (time.perf_counter(), _busy(resource.RUSAGE_SELF), _busy(resource.RUSAGE_CHILDREN))
    convert(source, output)
    after = (time.perf_counter(), _busy(resource.RUSAGE_SELF), _busy(resource.RUSAGE_CHILDREN))
    output.unlink()
    elapsed, here, there = (later - earlier for earlier, later in zip(before, after, strict=True))
    return elapsed, max(here, there)


def _busy(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def _digest(convert: Callable[[Path, Path], None], source: Path) -> str:
    output = source.with_name("output.jsonl")
    convert(source, output)
    with output.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    output.unlink()
    return digest


def _generate(source: Path) -> None:
    """Two to five turns of sentences, lists and quotes; half of the chats with more than ASCII, a tenth escaped."""
    chance = random.Random(7)
    words = [["".join(chance.choices(LETTERS, k=chance.randint(2, 9))) for _ in range(5000)] for _ in range(2)]
    words[1] = [word if chance.random() > 1 / 12 else word + chance.choice("äéßñ") for word in words[1]]
    with source.open("w", encoding="utf-8") as stream:
        for number in range(RECORDS):
            vocabulary = words[number // 3 % 2]
            messages = [_turn("system", 1, vocabulary, chance)] if number % 2 else []
            for _ in range(chance.choice([1, 1, 2])):
                messages += [_turn("user", 3, vocabulary, chance), _turn("assistant", 8, vocabulary, chance)]
            stream.write(json.dumps({"messages": messages}, ensure_ascii=number % 10 == 0) + "\n")


def _turn(role: str, sentences: int, words: list[str], chance: random.Random) -> dict[str, str]:
    parts = []
    for _ in range(sentences):
        sentence = chance.choices(words, k=chance.randint(6, 16))
        if chance.random() < 0.25:
            sentence[2] = f'"{sentence[2]}"'
        parts.append(" ".join(sentence) + chance.choice(".?!:") + chance.choice([" ", " ", "\n", "\n\n", "\n- "]))
    return {"role": role, "content": "".join(parts).strip()}


if __name__ == "__main__":
    main()
