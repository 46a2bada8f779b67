"""Files to files: the order stays, bad input is named, memory is bounded."""

import gzip
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.training_data.conversion.file_conversion import GOOD, PROGRAM, convert, entries, left_behind
from training_data.conversion.file_conversion import convert_dataset
from training_data.conversion.record_conversion import Target
from training_data.sources.files import MAX_RECORD_BYTES, SourceError


def test_the_order_stays_and_every_dropped_record_is_reported(tmp_path: Path) -> None:
    turns = [(f"q{n}", "é" * (n % 50)) for n in range(300)]
    rows = [
        json.dumps({"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]})
        for question, answer in turns
    ]
    rows[::97] = ["{broken"] * len(rows[::97])

    report = convert(tmp_path, "\n".join(rows))

    written = [json.loads(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    dropped = [n + 1 for n in range(300) if n % 97 == 0 or n % 50 == 0]
    assert [entry["line"] for entry in entries(tmp_path)] == dropped
    assert [int(item["messages"][0]["content"][0]["text"][1:]) + 1 for item in written] == [
        n for n in range(1, 301) if n not in set(dropped)
    ]
    assert (report.written, report.dropped) == (len(written), len(dropped))
    assert left_behind(tmp_path) == ["out.jsonl", "report.jsonl"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (GOOD.encode("utf-16")[:-1], "is not the UTF-16 or UTF-32 that its first bytes say"),
        (gzip.compress(GOOD.encode() * 2000)[:-9], "is a broken or cut gzip file"),
        (b"\x1f\x8b not gzip", "is a broken or cut gzip file"),
        (b'[{"prompt": "a", "response": "b"}', "got the end of the file"),
        (b'[{"prompt": "a", "response": "b"}, {"prompt": "a', "is not valid JSON"),
        (b"[" * 100_000, "is not valid JSON"),
        (b'[{"prompt": "\xff", "response": "b"}]', "is not UTF-8"),
        (b"\x00\x01\x02\xff" * 500, "neither JSON nor a header with known names"),
        (b"PAR1 but cut", "is a broken Parquet file"),
    ],
)
def test_what_cannot_be_read_to_its_end_writes_nothing(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        convert(tmp_path, content)

    assert left_behind(tmp_path) == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[" * 100_000, "is not one JSON object"),
        ('{"messages": NaN}', "NaN is not JSON"),
        ('{"messages": [], "messages": []}', "key 'messages' appears twice"),
        ('{"prompt": "\\ud800", "response": "b"}', "has half a character"),
        ('{"prompt": "\ud800", "response": "b"}', "is not UTF-8"),
        ('{"prompt": "a', "is not one JSON object"),
        ("9" * 5000, "is not one JSON object"),
        ('{"prompt": "' + "a" * MAX_RECORD_BYTES + '"}', "a record may have 4,194,304; split it"),
    ],
    ids=range(8),
)
def test_a_bad_line_among_good_ones_is_dropped_and_named(tmp_path: Path, line: str, reason: str) -> None:
    report = convert(tmp_path, GOOD + line + "\n" + GOOD.replace("\n", "\r\n"))

    assert (report.written, report.dropped) == (2, 1)
    assert [entry["line"] for entry in entries(tmp_path)] == [2]
    assert reason in entries(tmp_path)[0]["reasons"][0]


def test_a_line_that_is_no_utf_8_is_recoverable(tmp_path: Path) -> None:
    convert(tmp_path, GOOD.encode() + b'{"prompt": "caf\xe9"}\n')

    assert entries(tmp_path)[0]["original_base64"] == "eyJwcm9tcHQiOiAiY2Fm6SJ9"


@pytest.mark.parametrize(
    ("rows", "line", "reason"),
    [
        ('a,"b\nc,d\ne,f\n', 3, "is no CSV row"),
        ('"a" b,c\n', 3, "is no CSV row"),
        ("a\n", 3, "has 1 field, the header 2"),
        ("a,b,c\n", 3, "has 3 fields, the header 2"),
        ("\n ,\ng,\n", 5, "response must be text that is not empty"),
    ],
)
def test_a_table_with_a_stray_quote_or_missing_fields(tmp_path: Path, rows: str, line: int, reason: str) -> None:
    report = convert(tmp_path, f"prompt,response\nx,y\n{rows}", "mine.csv")

    assert [entry["line"] for entry in entries(tmp_path)] == [line]
    assert reason in entries(tmp_path)[0]["reasons"][0]
    assert report.written == 1


def test_a_directory_a_loop_of_links_and_a_pipe_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()

    for name, message in (("loop", "symbolic links"), ("pipe", "a device or pipe"), ("folder", "is a directory")):
        with pytest.raises(SourceError, match=message):
            convert_dataset(tmp_path / name, Target("converse"), output=tmp_path / "out.jsonl")


@pytest.mark.parametrize("content", ["one line", "array"])
def test_memory_stays_bounded(tmp_path: Path, content: str) -> None:
    """100 MB in one line, 21 MB in one array, in a process of its own that may have 300 MB of addresses."""
    file = tmp_path / "big.json"
    with file.open("wb") as stream:
        stream.write(b'{"prompt": "' if content == "one line" else b"[")
        for _ in range(100 if content == "one line" else 20):
            stream.write(b"a" * (1 << 20) if content == "one line" else (GOOD.strip().encode() + b",") * 12_000)
        stream.write(b'"}\n' + GOOD.encode() if content == "one line" else GOOD.encode() + b"]")
    limit = 300 << 20

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(file), str(tmp_path / "out.jsonl")],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == ("1 1\n" if content == "one line" else "240001 0\n")
