"""A corpus of our own: good records of every format, and mutations that break one thing each, from a seed."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

WORDS = (
    *("tank", "light", "filter", "valve", "öl", "größe", "é", "clean", "order", "invoice", "水", "タンク", "😀"),
    *("a\u2028b", "a:b", "<b>", "[1]"),
)
RESERVED = ("User:", "Bot:", "Assistant:", "System:", "<image>", "<video>", "[EOS]", "Thought:", "USER:", "<unk>")
NEARLY_RESERVED = ("user:", "uSeR :", "<images>", "[eos]", "Robot:", "subsystem:", "<IMAGE>", "User")
JUNK: tuple[Any, ...] = (None, 0, 1.5, True, "", " ", "\u2003", [], {}, [[]], "\ud83d", {"text": 1})


def conversation(source: random.Random, *, turns: int | None = None) -> dict[str, Any]:
    """A record that Nova takes."""
    record: dict[str, Any] = {"schemaVersion": "bedrock-conversation-2024"}
    if source.random() < 0.7:
        record["system"] = [{"text": _text(source)}]
    pairs = turns or source.choice([1, 1, 2, 3])
    record["messages"] = [
        {"role": role, "content": [{"text": _text(source)}]} for _ in range(pairs) for role in ("user", "assistant")
    ]
    return record


def prompt_completion(source: random.Random) -> dict[str, Any]:
    return {"prompt": _text(source), "completion": _text(source)}


def distillation_prompt(source: random.Random) -> dict[str, Any]:
    record = conversation(source, turns=1)
    record["messages"] = record["messages"][: source.choice([1, 2])]
    return record


def reinforcement_prompt(source: random.Random) -> dict[str, Any]:
    messages = [{"role": "system", "content": _text(source)}, {"role": "user", "content": _text(source)}]
    return {"messages": messages[source.choice([0, 1]) :], "reference_answer": _text(source)}


def image_caption(source: random.Random) -> dict[str, Any]:
    return {"image-ref": f"s3://the-bucket/images/{source.randrange(10**6)}.png", "caption": _text(source)}


GOOD = {
    "converse": conversation,
    "prompt-completion": prompt_completion,
    "distillation-prompts": distillation_prompt,
    "reinforcement-prompts": reinforcement_prompt,
    "image-caption": image_caption,
}


def good_line(record_format: str, source: random.Random) -> bytes:
    return _line(GOOD[record_format](source), source)


def mutated_line(record_format: str, source: random.Random) -> bytes:
    """A good record with one to three changes, in the structure, in the text or in the bytes."""
    record = deepcopy(GOOD[record_format](source))
    for _ in range(source.choice([1, 1, 1, 2, 3])):
        source.choice([_change_value, _change_key, _change_text, _change_list])(record, source)
    line = _line(record, source)
    return _change_bytes(line, source) if source.random() < 0.25 else line


def _text(source: random.Random) -> str:
    return " ".join(source.choice(WORDS) for _ in range(source.randint(1, 12))) or "x"


def _line(record: Any, source: random.Random) -> bytes:
    separators = source.choice([(",", ":"), (", ", ": "), (" ,\t", " : ")])
    text = json.dumps(record, ensure_ascii=source.random() < 0.5, separators=separators)
    return text.encode("utf-8", "surrogatepass")


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) in a record."""
    items = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    for key, child in items:
        yield value, key
        if isinstance(child, dict | list):
            yield from _places(child)


def _change_value(record: Any, source: random.Random) -> None:
    places = list(_places(record))
    if not places:
        return
    container, key = source.choice(places)
    container[key] = deepcopy(source.choice([*JUNK, "user", "assistant", "system", medium(source)]))


def _change_key(record: Any, source: random.Random) -> None:
    objects = [record, *(c[k] for c, k in _places(record) if isinstance(c[k], dict) and c[k])]
    chosen = source.choice(objects)
    if not chosen:
        return
    key = source.choice(list(chosen))
    value = chosen.pop(key)
    if source.random() < 0.6:
        chosen[source.choice([key.upper(), key + " ", "text", "role", "image", "content"])] = value


def _change_text(record: Any, source: random.Random) -> None:
    texts = [(c, k) for c, k in _places(record) if isinstance(c[k], str)]
    if texts:
        container, key = source.choice(texts)
        container[key] += source.choice([*RESERVED, *NEARLY_RESERVED, "\x00", "\x1f", "\ud800", "\x7f", '"', "\\"])


def _change_list(record: Any, source: random.Random) -> None:
    lists = [c[k] for c, k in _places(record) if isinstance(c[k], list)]
    if not lists:
        return
    chosen = source.choice(lists)
    if chosen and source.random() < 0.5:
        chosen.pop(source.randrange(len(chosen)))
    elif chosen:
        chosen.append(deepcopy(source.choice(chosen)))


def medium(source: random.Random) -> dict[str, Any]:
    kind, suffix = source.choice([("image", "png"), ("video", "mp4"), ("image", "webp"), ("image", "jpg")])
    uri = source.choice(["s3://the-bucket/a.png", "s3://other/b.mp4", "s3://the-bucket/a b.png", "https://a/b.png"])
    return medium_of(kind, suffix, uri=uri)


def medium_of(
    kind: str, suffix: str, *, uri: str | None = "s3://the-bucket/media/a.png", owner: str | None = "111122223333"
) -> dict[str, Any]:
    """A block with an image or a video."""
    location = {key: value for key, value in (("uri", uri), ("bucketOwner", owner)) if value is not None}
    return {kind: {"format": suffix, "source": {"s3Location": location}}}


def _change_bytes(line: bytes, source: random.Random) -> bytes:
    position = source.randrange(len(line))
    tail = line[position:]
    return line[:position] + source.choice(
        [
            b"",
            b"\xff" + tail,
            tail[1:],
            b"\\u0041" + tail,
            b'"text":"a",' + tail,
            b"\r" + tail,
            b"NaN" + tail,
            b"," + tail,
        ]
    )
