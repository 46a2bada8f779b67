"""[knowledge_base.prompt] and [knowledge_bases.*.prompt]: the prompt with which a model answers from the passages."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from deployment.sections.section import FilePath, Section


class KnowledgePrompt(Section):
    """Of RetrieveAndGenerate: the `text`, or a `file` that holds it. Without `citations` it may lack what they need."""

    text: Annotated[str, Field(min_length=1)] | None = None
    file: FilePath | None = None
    citations: bool = True

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.text is None) == (self.file is None):
            raise ValueError("exactly one of text, file is needed; write the prompt or name the file that holds it")
        return self

    @property
    def template(self) -> str:
        """The checks have looked at the file."""
        if self.file is None:
            return (self.text or "").strip()
        return self.file.read_text(encoding="utf-8").strip()
