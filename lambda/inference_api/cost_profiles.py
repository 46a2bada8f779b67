"""Calls the base model of an alias through the alias's application inference profile, whose tags are on the bill.

A profile that is gone, by hand or because a deploy just replaced it, costs no request: the model is called itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TypeVar

from inference_api.aliases import Target
from inference_api.errors import api_error

GONE = "model_not_available"
T = TypeVar("T")


def through_profile(target: Target, plain: str, call: Callable[[str], T]) -> T:
    """`call(model)` with the ARN of the profile of `target`, or with `plain`. Raises what `call` raises."""
    if not target.profile_arn:
        return call(plain)
    try:
        return call(target.profile_arn)
    except Exception as error:
        if api_error(error).code != GONE:
            raise
    line = {"event": "inference_profile_gone", "profile": target.profile_arn, "model": plain}
    print(json.dumps(line), file=sys.stderr)
    return call(plain)
