"""What is said of a route beyond its path, method and errors, which the code of the routes says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from inference_api.openapi.schemas import Schema


class Operation(NamedTuple):
    """`answers`: media type -> schema, of status 200. `parameters`: name in the path -> its schema.

    `headers`: those of the request that are passed on -> their schemas. `example`: of a body. `served_by`: the answer
    has the headers that say which model answered. `public`: without a key. `calls`: it calls AWS, so it has its errors.
    """

    summary: str
    answers: Mapping[str, Schema]
    body: Schema | None = None
    parameters: Mapping[str, Schema] = {}
    headers: Mapping[str, Schema] = {}
    public: bool = False
    calls: bool = True
    served_by: bool = False
    description: str = ""
    example: Any = None
