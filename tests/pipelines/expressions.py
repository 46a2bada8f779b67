"""GitHub's expressions, as far as the workflows use them: ${{ a.b == 'c' && !cancelled() }}."""

import re
from collections.abc import Mapping
from typing import Any

EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
TOKENS = re.compile(r"'[^']*'|!=|==|&&|\|\||!|\(|\)|\[|\]|\d+|[A-Za-z_][\w.-]*")
OPERATORS = {"&&": " and ", "||": " or ", "!": " not ", "==": "==", "!=": "!=", "(": "(", ")": ")"}
STATUS = ("success", "failure", "always", "cancelled")
Context = Mapping[str, Any]


def evaluate(text: str, context: Context) -> Any:
    """Raises ValueError for what GitHub would not know."""
    found = TOKENS.findall(text)
    if "".join(found).replace(" ", "") != text.replace(" ", ""):
        raise ValueError(f"not an expression: {text!r}")
    names: list[Any] = []
    return eval(_translated(found, context, names), {"__builtins__": {}}, {"names": names})


def filled(text: str, context: Context) -> str:
    """`text` with its expressions replaced; nothing is empty text, as GitHub has it."""
    values = (EXPRESSION.sub(lambda found: _text(evaluate(found[1].strip(), context)), text),)
    return values[0]


def names_in(text: str) -> list[str]:
    """What the expressions of `text` read."""
    tokens = [token for found in EXPRESSION.findall(text) for token in TOKENS.findall(found)]
    return [token for token in tokens if re.match(r"[A-Za-z_]", token)]


def asks_status(text: str) -> bool:
    return any(f"{name}(" in text for name in STATUS)


def _translated(tokens: list[str], context: Context, names: list[Any]) -> str:
    parts, rest = [], list(tokens)
    while rest:
        token = rest.pop(0)
        if token in OPERATORS:
            parts.append(OPERATORS[token])
        elif token in STATUS:
            del rest[:2]  # ()
            parts.append(str(bool(context["status"][token])))
        elif token[0] == "'" or token.isdigit():
            parts.append(token)
        else:
            value = _looked_up(token, context)
            if rest[:1] == ["["]:
                key = _looked_up(rest[1], context)
                value = value.get(key)
                del rest[:3]
            names.append(value)
            parts.append(f"names[{len(names) - 1}]")
    return "".join(parts).strip()


def _looked_up(name: str, context: Context) -> Any:
    """A property that is absent is empty; the first part has to exist."""
    first, *others = name.split(".")
    if first not in context:
        raise ValueError(f"{name}: unknown context {first}; there are {', '.join(context)}")
    value: Any = context[first]
    for part in others:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
