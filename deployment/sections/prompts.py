"""[prompts.*]: texts in files, each with versions in Bedrock's prompt management, for aliases and agents.

https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-management.html
"""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from deployment.sections.section import FilePath, ModelIdOrArn, Section, VariableName
from kit_contract.prompts import version_of


class Prompt(Section):
    """`text`, or `file` that holds it, with variables such as {{company}}. `variables`: values of those that callers
    need not give. `model` and the settings of inference hold for callers of the prompt's own ARN: an alias has its own.
    """

    text: Annotated[str, Field(min_length=1)] | None = None
    file: FilePath | None = None
    description: Annotated[str, Field(min_length=1, max_length=180)] | None = None
    variables: dict[VariableName, str] = {}
    model: ModelIdOrArn | None = None
    temperature: Annotated[float, Field(ge=0, le=1)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=4096)] | None = None
    stop_sequences: Annotated[list[str], Field(max_length=4)] = []

    @model_validator(mode="after")
    def _one_text(self) -> Self:
        if (self.text is None) == (self.file is None):
            raise ValueError("exactly one of text, file is needed; write the text or name a file")
        return self

    @property
    def content(self) -> str:
        """The text. The checks have looked at the file."""
        return (self.text if self.file is None else self.file.read_text(encoding="utf-8")).strip()  # type: ignore[union-attr]

    @property
    def inference(self) -> dict[str, Any]:
        """As Bedrock names the settings that are given."""
        settings = {"temperature": self.temperature, "topP": self.top_p, "maxTokens": self.max_tokens}
        given: dict[str, Any] = {name: value for name, value in settings.items() if value is not None}
        return {**given, **({"stopSequences": self.stop_sequences} if self.stop_sequences else {})}

    @property
    def version(self) -> str:
        """Another one for each other text and setting that is deployed; values of variables are not in it."""
        return version_of(
            {
                "text": self.content,
                "model": self.model,
                "inference": self.inference,
                "description": self.description,
            }
        )
