"""`kit data convert` on any bytes, one target per shape and kind of file: a record or an error, never an exception."""

import gzip
import json
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from training_data.conversion.record_conversion import Target, convert_file
from training_data.conversion.record_formats import RECORD_FORMATS, to_line
from training_data.record_texts import exact_key, turns_in
from training_data.sources.files import SourceError

TURNS = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]
BLOCKS = [{"role": turn["role"], "content": [{"text": turn["content"]}]} for turn in TURNS]
CONVERSE = {"output": {"message": BLOCKS[1]}}
STREAM = [{"contentBlockDelta": {"delta": {"text": "a"}}}]
RECORDS: dict[str, list[dict[str, Any]]] = {
    "labelled": [{"prompt": "q", "response": "a"}, {"system": "s", "question": "q", "answer": "a", "id": 1}],
    "alpaca": [{"instruction": "i", "input": "x", "output": "o"}, {"instruction": "i", "context": "", "response": "o"}],
    "sharegpt": [{"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}],
    "chat": [
        {"messages": TURNS},
        {"messages": [{"role": "system", "content": "s"}, *TURNS, TURNS[0]], "tools": [{}]},
        {"messages": [*TURNS, {"role": "assistant", "tool_calls": [{"id": "1"}]}]},
    ],
    "bedrock-conversation": [{"schemaVersion": "any", "system": [{"text": "s"}], "messages": BLOCKS}],
    "invocation-log": [
        {"schemaType": "ModelInvocationLog", "input": {"inputBodyJson": request}, "output": {"outputBodyJson": answer}}
        for request, answer in (
            ({"messages": BLOCKS[:1], "system": [{"text": "s"}]}, CONVERSE),
            ({"messages": BLOCKS[:1]}, STREAM),
            ({"prompt": "q"}, {"generation": "a"}),
            ({"inputText": "q"}, {"results": [{"outputText": "a"}]}),
        )
    ],
    "unlabelled": [{"input": "One. Two."}, {"text": "One."}],
}  # fmt: skip


def _lines(records: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def convert_any_bytes(content: bytes, *, name: str) -> None:
    """Every format: each item names its line, its records can be written, and kit data stats can read them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(content)
        for record_format in RECORD_FORMATS:
            for item in convert_file(file, Target(record_format, system="s", unlabelled="continuation")):
                if isinstance(item, SourceError):
                    assert str(item).startswith(name)
                else:
                    assert item.line > 0
                    assert all(json.loads(to_line(record)) for record in item.records)
                    assert all(exact_key(turns_in(record)) for record in item.records)


SEEDS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    **{shape: ("mine.jsonl", (_lines(records), _lines(records[:1]))) for shape, records in RECORDS.items()},
    "array": ("mine.json", tuple(json.dumps(records, indent=1).encode() for records in RECORDS.values())),
    "csv": ("mine.csv", (b'prompt,response\nq,"a ""b"", c"\n', b'instruction,input,output\ni,,"o\no"\n')),
    "tsv": ("mine.tsv", (b"question\tanswer\nq\ta\n",)),
    "gzip": ("mine.json.gz", tuple(gzip.compress(_lines(records)) for records in RECORDS.values())),
}
CONVERT_TARGETS: Mapping[str, tuple[Callable[[bytes], None], tuple[bytes, ...]]] = {
    f"convert-{shape}": (partial(convert_any_bytes, name=name), seeds) for shape, (name, seeds) in SEEDS.items()
}
