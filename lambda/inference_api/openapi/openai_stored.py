"""What is said of responses and chat completions that would have been stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api.openapi.operation import Operation
from inference_api.openapi.schemas import FILLED
from inference_api.paths import STORED


def _operation(route: str) -> Operation:
    kind = route.partition("{")[2].partition("}")[0]
    return Operation(
        f"A {kind} that was stored",
        {},
        parameters={kind: FILLED},
        calls=False,
        description=f"Always 404, whatever the method: this API stores no {kind}s.",
    )


COMPONENTS: Mapping[str, Any] = {}
OPERATIONS: Mapping[str, Operation] = {route: _operation(route) for route in STORED}
