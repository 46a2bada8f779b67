"""[training.customizations.*.reinforcement]: the grader, a Lambda function that scores the model's responses."""

import hashlib
from typing import Annotated

from pydantic import Field, model_validator

from deployment.sections.python_code import code_files, default_handler
from deployment.sections.section import FilePath, LambdaArn, ModelId, PythonHandler, Section


class Reinforcement(Section):
    """`grader` is a Python file or a folder, which becomes a function; `grader_arn` a function that exists.

    `judge_models` are the models that the grader may invoke.
    """

    grader: FilePath | None = None
    grader_arn: LambdaArn | None = None
    handler: PythonHandler | None = None
    timeout_seconds: Annotated[int, Field(ge=1, le=900)] = 900
    memory_mb: Annotated[int, Field(ge=128, le=10_240)] = 512
    judge_models: list[ModelId] = []

    @model_validator(mode="after")
    def _one_grader(self) -> "Reinforcement":
        if (self.grader is None) == (self.grader_arn is None):
            raise ValueError("exactly one of grader, grader_arn is needed; name a file or folder, or a function")
        return self

    @property
    def entry_point(self) -> str:
        return self.handler or default_handler(self.grader)

    def grader_files(self) -> dict[str, bytes]:
        """Path in the zip -> content, without what Python and Git leave in the folder."""
        assert self.grader
        return code_files(self.grader)

    def grader_hash(self) -> str:
        """Over all of the grader that decides about rewards: with another one, the model is trained again."""
        if self.grader_arn:
            return self.grader_arn
        digest = hashlib.sha256(self.entry_point.encode())
        for name, content in self.grader_files().items():
            digest.update(f"\n{name}\n{len(content)}\n".encode() + content)
        return digest.hexdigest()
