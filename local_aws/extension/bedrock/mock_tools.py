"""Which tool the mock calls for a question: the one whose name and description share words with it. Pure.

A tool that searches (its one argument is a query) is called for any question that no other tool is about, a tool that
changes something ("Creates ...") only for a sentence with such a verb. A tool is called once for a question, and not
without the identifiers that it needs: the mock asks for these.
"""

import re
from typing import Any, NamedTuple

from local_aws.extension.bedrock.mock_arguments import filled, identifiers
from local_aws.extension.bedrock.schema_examples import Schema

Message = dict[str, Any]
Spec = dict[str, Any]
QUERY = ("query", "question", "search_query", "search", "text")
SEARCHES = re.compile(r"search|retriev|look.?up|document|knowledge|passage|find", re.IGNORECASE)
ASKS = re.compile(
    r"\?|^\s*(who|what|when|where|which|why|how|is|are|do|does|did|can|could|may|must|should|will|tell|explain)\b",
    re.IGNORECASE,
)
# Words of names that say nothing about what a tool is for: `get_order`, `order-status___call`.
PLAIN = frozenset(
    re.findall(
        r"\w+",
        """a an and any are as at be by call can do does for from get has have how i in is it its lambda me my of on or
        our please run that the their them there these they this to tool us use user want was what when where which who
        why will with would you your""",
    )
)
CHANGES = re.compile(
    r"\b(add|book|cancel|change|clos|creat|delet|escalat|fil|issu|open|plac|rais|refund|remov|replac|send|set|start"
    r"|stop|submit|updat|writ)(e|es|ed|ing|s)?\b",
    re.IGNORECASE,
)
CLAUSE = re.compile(r"[?;.,!]\s|\band\b|\?$")
ENOUGH_OF_NAME, ENOUGH_WORDS = 0.5, 2


class Chosen(NamedTuple):
    """`missing`: the needed arguments that the question does not have."""

    spec: Spec
    arguments: dict[str, Any]
    missing: tuple[str, ...] = ()


def chosen(specs: list[Spec], messages: list[Message]) -> Chosen | None:
    """The tool that the newest question demands and that has not been called for it, or None."""
    start = _newest_question(messages)
    if start is None:
        return None
    question, earlier = _text(messages[start]), [_text(one) for one in messages[:start] if one.get("role") == "user"]
    called = {use["name"] for message in messages[start:] for use in _blocks(message, "toolUse")}
    best = _best(specs, question, called)
    if best is None:
        return None
    spec, part = best
    arguments, missing = filled(schema_of(spec), part, earlier)
    return Chosen(spec, arguments, missing)


def schema_of(spec: Spec) -> Schema:
    return (spec.get("inputSchema") or {}).get("json") or {"type": "object"}


def searches(spec: Spec) -> bool:
    """Whether the tool searches: a query is the only argument that it needs."""
    properties = schema_of(spec).get("properties") or {}
    needed = schema_of(spec).get("required") or list(properties)
    asked = [name for name in QUERY if (properties.get(name) or {}).get("type") == "string"]
    about = f"{spec['name']} {spec.get('description', '')}"
    return bool(asked) and set(needed) <= set(asked) and bool(SEARCHES.search(about))


def _best(specs: list[Spec], question: str, called: set[str]) -> tuple[Spec, str] | None:
    """The tool, and the part of the question that it is for."""
    finders = [spec for spec in specs if searches(spec)]
    others = [spec for spec in specs if spec not in finders]
    scores = [(_score(spec, question), spec) for spec in others]
    about = [spec for score, spec in sorted(scores, key=lambda one: -one[0]) if score > 0]
    if about and not called:
        return about[0], question
    # The rest of a question that is about two things: "the status of order 4711, and a ticket for it".
    for spec in about:
        if spec["name"] not in called and words(spec["name"]) <= words(question):
            return spec, question
    rest = _rest(others, question) if called else question
    if not finders or not ASKS.search(rest) or called & {spec["name"] for spec in finders}:
        return None
    return max(finders, key=lambda spec: len(_described(spec) & words(question))), rest


def _rest(others: list[Spec], question: str) -> str:
    """The clauses that ask for what no other tool is about: of "Where is it, and how is it used?" the second."""
    clauses = [clause.strip() for clause in CLAUSE.split(question)]
    asking = [clause for clause in clauses if ASKS.search(clause)]
    return ", ".join(clause for clause in asking if not any(_score(spec, clause) for spec in others))


def _score(spec: Spec, question: str) -> float:
    """0 unless the question has half of the name's words and another sign: the whole name, a word more, an argument."""
    asked, name = words(question), words(spec["name"])
    shared, described = name & asked, (_described(spec) - name) & asked
    if not shared or (_changes(spec) and not CHANGES.search(question)):
        return 0.0
    part = len(shared) / len(name)
    signs = (part == 1) + len(described) + len(identifiers(schema_of(spec), question))
    if not signs or (part < ENOUGH_OF_NAME and signs < ENOUGH_WORDS):
        return 0.0
    return 2 * part + 0.1 * signs


def _changes(spec: Spec) -> bool:
    return bool(CHANGES.match(str(spec.get("description", ""))))


def _described(spec: Spec) -> set[str]:
    return words(str(spec.get("description", "")))


def words(text: str) -> set[str]:
    """Lower case, without endings of the plural, in camelCase, snake_case and kebab-case too."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    found = (word.lower() for word in re.findall(r"[A-Za-z]+|\d+", parts))
    return {_stem(word) for word in found if word not in PLAIN}


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending).removesuffix("e")
    return word.removesuffix("e") if len(word) > 4 else word


def _newest_question(messages: list[Message]) -> int | None:
    for position in range(len(messages) - 1, -1, -1):
        if messages[position].get("role") == "user" and _text(messages[position]).strip():
            return position
    return None


def _text(message: Message) -> str:
    return "\n".join(block["text"] for block in message.get("content") or [] if "text" in block)


def _blocks(message: Message, kind: str) -> list[dict[str, Any]]:
    return [block[kind] for block in message.get("content") or [] if kind in block]
