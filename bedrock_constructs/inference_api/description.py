"""The description of the API as a file in the function's zip."""

import bz2
import json

from bedrock_constructs.lambda_functions.sources import PROJECT


def description_file() -> bytes:
    """docs/openapi.json, small: a function's zip is not compressed. bzip2 has one implementation, zlib many."""
    value = json.loads((PROJECT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    return bz2.compress(json.dumps(value, separators=(",", ":")).encode())
