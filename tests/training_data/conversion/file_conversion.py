"""A dataset converted from file to file, and what is written beside it."""

import json
from pathlib import Path
from typing import Any

from training_data.conversion.file_conversion import convert_dataset
from training_data.conversion.record_conversion import Target
from training_data.conversion.report import ConversionReport

GOOD = '{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}\n'


def convert(folder: Path, content: bytes | str, name: str = "mine.jsonl", **options: Any) -> ConversionReport:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode(errors="surrogatepass"))
    report_file = folder / "report.jsonl"
    return convert_dataset(file, Target("converse"), output=folder / "out.jsonl", report_file=report_file, **options)


def entries(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "report.jsonl").read_text(encoding="utf-8").splitlines()]


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "mine.jsonl")


PROGRAM = """
import sys
from pathlib import Path
from training_data.atomic_output import OutputError
from training_data.conversion.file_conversion import convert_dataset
from training_data.conversion.record_conversion import Target
report = convert_dataset(Path(sys.argv[1]), Target("converse"), output=Path(sys.argv[2]))
print(report.written, report.dropped)
"""
