"""The fast path gives the same bytes as the explaining path, whatever the lines are; and it takes the usual ones."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from training_data.conversion.conversion import Target, convert_record
from training_data.conversion.fast_chats import bedrock_line, chat_converter
from training_data.conversion.record_formats import to_line
from training_data.sources.files import ConversionError
from training_data.sources.json_records import line_record

FILE, TARGET = Path("chats.jsonl"), Target("converse")


def explained(_index: int, line: bytes) -> bytes:
    source = line_record(FILE, 1, line) if line.strip() else None
    item = convert_record(FILE, source, TARGET) if source and not isinstance(source, ConversionError) else None
    if item is None or isinstance(item, ConversionError):
        return b""
    return b"".join(to_line(record) for record in item.records)


def test_what_is_nested_too_deeply_is_explained() -> None:
    deep = b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"\n"

    both_paths_agree(chat("a", "b").encode() + b"\n" + deep)
    assert bedrock_line(deep) is None


def both_paths_agree(lines: bytes) -> None:
    lines += b"" if lines.endswith(b"\n") else b"\n"
    records, count, fast = chat_converter(explained)(lines)

    assert records == b"".join(explained(0, line) for line in lines.split(b"\n")[:-1])
    assert count == lines.count(b"\n")
    assert fast <= count


def chat(*texts: Any, system: Any = None, **style: Any) -> str:
    messages = [{"role": ("user", "assistant")[index % 2], "content": text} for index, text in enumerate(texts)]
    first = [] if system is None else [{"role": "system", "content": system}]
    return json.dumps({"messages": first + messages}, **style)


TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "",
            " ",
            "\n",
            "\u00a0",
            "\u2003",
            "\u3000",
            "あ",
            "😀",
            '"',
            "\\",
            "/",
            "}{",
            '"}',
            ": [",
            '",',
            "role",
            "content",
        ]
    ),
)
CONTENTS = TEXTS | st.sampled_from([None, 5, ["a"], [{"text": "a"}], {"text": "a"}, True])
PIECES = st.one_of(
    st.sampled_from(
        ['"role": "user"', ', "content": "b"', '"content" :"b"', '"messages": []', '"role" :"user"', '"role"']
    ),
    st.sampled_from(["{", "}", "[", "]", ",", ", ", ":", ": ", " ", "\t", "\r", "\n", '"', "\\", "null", "5"]),
    st.sampled_from(["\\u0061", "\\u0063ontent", "\\/", "\\ud800", "\\udc00"]),
)
STYLES: list[dict[str, Any]] = [{}, {"separators": (",", ":")}, {"separators": (", ", ":")}, {"indent": 1}]


@st.composite
def lines(draw: st.DrawFn) -> str:
    """A chat in one of several styles, sometimes with pieces put in, taken out or doubled."""
    turns = draw(st.lists(CONTENTS, max_size=5))
    style = draw(st.sampled_from(STYLES))
    line = chat(*turns, system=draw(st.none() | CONTENTS), ensure_ascii=draw(st.booleans()), **style)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(line)))
        end = draw(st.integers(start, min(start + 12, len(line))))
        line = line[:start] + draw(st.just("") | PIECES | st.just(line[start:end] * 2)) + line[end:]
    return line


@given(st.lists(lines(), max_size=6).map("\n".join))
@example('{"messages": [{"role":"user","content":"x","content": "y"}, {"role": "assistant", "content": "b"}]}')
@example('{"messages": [{"role": "user", "content" :""}, {"role": "assistant", "content": "b"}]}')
@example('{"messages":\n[{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}')
@example(chat("a", "b") + chat("c", "d") + "\n\n")
@example(chat("a", "b") + " " + chat("c", "d"))
@example(
    '{"messages": [{"role": "user", "cont\\u0065nt": "x", "content": "y"}, {"role": "assistant", "content": "b"}]}'
)
@settings(max_examples=600, deadline=None)
def test_both_paths_give_the_same_bytes(text: str) -> None:
    both_paths_agree(text.encode(errors="surrogatepass"))


@given(st.lists(lines(), min_size=1, max_size=3).map("\n".join), st.integers(0, 400), st.binary(max_size=3))
@settings(max_examples=200, deadline=None)
def test_both_paths_give_the_same_bytes_for_what_is_no_utf_8(text: str, place: int, broken: bytes) -> None:
    content = text.encode(errors="surrogatepass")

    both_paths_agree(content[:place] + broken + content[place:])


@pytest.mark.parametrize("style", [{}, {"ensure_ascii": False}, {"separators": (",", ":")}])
def test_usual_chats_take_the_fast_path(style: dict[str, Any]) -> None:
    content = "".join(
        chat(f'Wie heiß? {n}\n"Ja" é', "90 °C: \\ / あ", "mehr", "nein", system="kurz" if n % 2 else None, **style)
        + "\n"
        for n in range(40)
    )

    records, count, fast = chat_converter(lambda _index, line: pytest.fail(repr(line)))(content.encode())

    assert (count, fast) == (40, 40)
    assert json.loads(records.splitlines()[1])["system"] == [{"text": "kurz"}]


def test_a_doubled_key_is_left_to_the_explaining_path() -> None:
    assert bedrock_line(b'{"messages": [{"role": "user", "content": "x", "content": "y"}]}') is None
