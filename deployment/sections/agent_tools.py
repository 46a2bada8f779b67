"""[agents.*.tools.*]: what an agent may do, one section for each tool."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from deployment.sections.python_code import code_files, default_handler
from deployment.sections.section import FilePath, HttpsUrl, LambdaArn, Name, PythonHandler, Section

Kind = Literal["lambda", "knowledge-base", "code-interpreter", "mcp"]
# Which settings a kind takes; the first ones are needed, one of them where several are joined.
SETTINGS: dict[Kind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "lambda": (("code", "function_arn"), ("handler", "schema_file", "confirm", "timeout_seconds", "memory_mb")),
    "knowledge-base": (("knowledge_base",), ("description", "results")),
    "code-interpreter": ((), ()),
    "mcp": (("url",), ()),
}
Description = Annotated[str, Field(min_length=1, max_length=4096)]


class Tool(Section):
    """`code` is a Python file or a folder, which becomes a function; `function_arn` a function that exists.

    `schema_file` is JSON with "description" and "inputSchema", as MCP lists a tool; by default it is beside `code`, and
    has its name. `confirm`: a person approves each call. `results`: passages of the knowledge base for each question.
    """

    kind: Kind
    code: FilePath | None = None
    function_arn: LambdaArn | None = None
    handler: PythonHandler | None = None
    schema_file: FilePath | None = None
    confirm: bool = False
    timeout_seconds: Annotated[int, Field(ge=1, le=300)] = 30
    memory_mb: Annotated[int, Field(ge=128, le=10_240)] = 256
    knowledge_base: Name | None = None
    description: Description | None = None
    results: Annotated[int, Field(ge=1, le=100)] = 5
    url: HttpsUrl | None = None

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        needed, more = SETTINGS[self.kind]
        given = {name for name, field in type(self).model_fields.items() if getattr(self, name) != field.default}
        foreign = sorted(given - {"kind", *needed, *more})
        if foreign:
            allowed = ", ".join((*needed, *more)) or "none"
            raise ValueError(f'{", ".join(foreign)}: not of kind = "{self.kind}"; allowed: {allowed}; remove it')
        if needed and sum(getattr(self, name) is not None for name in needed) != 1:
            raise ValueError(f'kind = "{self.kind}" needs {" or ".join(needed)}, one of them; add it')
        return self

    @property
    def entry_point(self) -> str:
        return self.handler or default_handler(self.code)

    @property
    def schema_path(self) -> Path | None:
        if self.schema_file or self.code is None:
            return self.schema_file
        return self.code.with_suffix(".json") if self.code.is_file() else self.code / "schema.json"

    def code_files(self) -> dict[str, bytes]:
        """Path in the zip -> content."""
        assert self.code
        return code_files(self.code)

    def declaration(self) -> dict[str, Any]:
        """{"description", "inputSchema"}, which the checks have looked at."""
        assert self.schema_path
        found: dict[str, Any] = json.loads(self.schema_path.read_text(encoding="utf-8"))
        return found
