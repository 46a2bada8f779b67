"""Fills a tool's arguments from a question: identifiers, numbers, dates, members of an enumeration, free text. Pure."""

import re
from typing import Any

from local_aws.extension.bedrock.schema_examples import Schema, UnsatisfiedError, example, satisfies

FREE = (
    "query",
    "question",
    "search",
    "text",
    "message",
    "description",
    "subject",
    "title",
    "reason",
    "summary",
    "note",
)
PATTERNS = {
    "date": r"\b\d{4}-\d{2}-\d{2}\b",
    "date-time": r"\b\d{4}-\d{2}-\d{2}T[\d:]+(?:Z|[+-]\d{2}:\d{2})?",
    "email": r"[\w.+-]+@[\w-]+\.[\w.]+",
    "uri": r"https?://\S+[^\s.,;?!]",
}
QUOTED = re.compile(r"[\"“']([^\"”']{2,})[\"”']")
NUMBER = re.compile(r"(?<![\w.-])-?\d+(?:\.\d+)?(?![\w-])")
# A word with a digit in it: 4711, ORD-4711, a1b2.
IDENTIFIER = re.compile(r"(?<![\w-])#?((?=[\w-]*\d)[A-Za-z0-9][\w-]*)")
NAMES_ONE = re.compile(r"(?:^|_)(id|number|no|code|key|ref|reference|sku)$")
PLACE = re.compile(r"\b(?:in|at|from|to|for|near) ((?:[A-Z][\w'-]+)(?: [A-Z][\w'-]+)*)")


def filled(schema: Schema, question: str, earlier: list[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The arguments, and the names of those that are needed and not to be found. `earlier`: the turns before."""
    properties: dict[str, Schema] = schema.get("properties") or {}
    needed = schema.get("required") or []
    arguments: dict[str, Any] = {}
    missing = []
    for name, declared in properties.items():
        taken = {str(value) for value in arguments.values()}
        value = _first(name, declared, [question, *reversed(earlier)], taken, wanted=name in needed)
        if value is not None and satisfies(declared, value):
            arguments[name] = value
        elif name in needed and _identifies(name, declared):
            missing.append(name)
        elif name in needed:
            arguments[name] = _any(declared, name)
    return arguments, tuple(missing)


def identifiers(schema: Schema, question: str) -> list[str]:
    """The needed identifiers and the numbers that the question has."""
    arguments, _ = filled(schema, question, [])
    properties = schema.get("properties") or {}
    wanted = [name for name in schema.get("required") or [] if name in arguments]
    return [name for name in wanted if _identifies(name, properties[name]) or not _is_text(properties[name])]


def _is_text(schema: Schema) -> bool:
    return schema.get("type", "string") == "string" or "enum" in schema


def _first(name: str, schema: Schema, texts: list[str], taken: set[str], *, wanted: bool) -> Any:
    for text in texts if wanted else texts[:1]:
        value = _found(name, schema, text, taken)
        if value is not None:
            return value
    return texts[0].strip() if wanted and _free(name, schema) else None


def _found(name: str, schema: Schema, text: str, taken: set[str]) -> Any:
    if "enum" in schema:
        return next((one for one in schema["enum"] if re.search(rf"\b{_spoken(one)}\b", text, re.IGNORECASE)), None)
    kind = schema.get("type", "string")
    if kind in ("integer", "number"):
        return _number(name, kind, text, taken)
    if kind != "string":
        return None
    if pattern := PATTERNS.get(schema.get("format", "")):
        return _match(pattern, text, taken)
    if pattern := schema.get("pattern"):
        return _match(rf"(?<![\w-]){pattern.strip('^$')}(?![\w-])", text, taken)
    if _identifies(name, schema):
        return _identifier(name, text, taken)
    if _free(name, schema):
        quoted = QUOTED.search(text)
        return quoted[1] if quoted and name not in ("query", "question", "search") else None
    place = PLACE.search(text)
    return place[1] if place else None


def _spoken(value: Any) -> str:
    return re.sub(r"[_\W]+", r"[\\s_-]+", str(value))


def _number(name: str, kind: str, text: str, taken: set[str]) -> Any:
    used = {float(one) for one in taken if NUMBER.fullmatch(one)}
    found = [match[0] for match in NUMBER.finditer(text) if float(match[0]) not in used]
    noun = re.escape(name.split("_")[0])
    near = re.search(rf"\b{noun}s?\W+(-?\d+(?:\.\d+)?)", text, re.IGNORECASE)
    chosen = near[1] if near and near[1] in found else next(iter(found), None)
    if chosen is None:
        return None
    return int(chosen) if kind == "integer" and "." not in chosen else float(chosen)


def _identifier(name: str, text: str, taken: set[str]) -> str | None:
    """The word with a digit that follows the noun of the name (order_id: `order 4711`), or the first one."""
    noun = NAMES_ONE.sub("", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()).replace("_", " ").strip()
    near = re.search(rf"\b{noun}s?\b(?: (?:number|no\.?|id|with))*[ :#]*{IDENTIFIER.pattern}", text, re.IGNORECASE)
    found = [near[1]] if noun and near else []
    found += [match[1] for match in IDENTIFIER.finditer(text)]
    return next((one for one in found if one not in taken), None)


def _match(pattern: str, text: str, taken: set[str]) -> str | None:
    try:
        return next((found[0] for found in re.finditer(pattern, text) if found[0] not in taken), None)
    except re.error:
        return None


def _identifies(name: str, schema: Schema) -> bool:
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return schema.get("type", "string") in ("string", "integer") and bool(NAMES_ONE.search(plain))


def _free(name: str, schema: Schema) -> bool:
    return schema.get("type", "string") == "string" and any(word in name.lower() for word in FREE)


def _any(schema: Schema, name: str) -> Any:
    try:
        return example({"type": "object", "properties": {name: schema}, "required": [name]})[name]
    except UnsatisfiedError:
        return None
