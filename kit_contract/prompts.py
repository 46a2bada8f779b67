"""Prompts: texts with variables such as {{company}}, and what tells two contents of one apart.

https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-management-create.html
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping

# PromptInputVariableName of the API, between the braces of the template.
VARIABLE = re.compile(r"\{\{\s*([0-9a-zA-Z](?:[_-]?[0-9a-zA-Z]){0,99})\s*\}\}")


def variables_in(text: str) -> list[str]:
    """The names in the order of the text, each once."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with `values`, in which braces are no variables. Raises KeyError with the name of a missing one."""
    return VARIABLE.sub(lambda found: values[found[1]], text)


def version_of(content: Mapping[str, object]) -> str:
    """What stands for all of the content of a prompt in logs and in the version's description: 12 hex digits."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]
