"""[training.customizations.*.distillation]: the teacher, and the invocation logs that may be its prompts."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from deployment.sections.section import KmsKeyArn, ModelId, S3Prefix, Section

Metadata = Annotated[dict[str, str], Field(min_length=1, max_length=1)]  # one key and value, as the API takes them


class MetadataFilter(Section):
    """Requests whose metadata has this value, or does not have it."""

    equals: Metadata | None = None
    not_equals: Metadata | None = None

    @model_validator(mode="after")
    def _one_operator(self) -> "MetadataFilter":
        _require_one(self, "equals", "not_equals")
        return self

    def request(self) -> dict[str, Any]:
        return {"Equals": self.equals} if self.equals else {"NotEquals": self.not_equals}


class MetadataFilters(MetadataFilter):
    """One operator: Bedrock combines none (user guide, "Using request metadata filters")."""

    and_all: Annotated[list[MetadataFilter], Field(min_length=1, max_length=16)] | None = None
    or_all: Annotated[list[MetadataFilter], Field(min_length=1, max_length=16)] | None = None

    @model_validator(mode="after")
    def _one_operator(self) -> "MetadataFilters":
        _require_one(self, "equals", "not_equals", "and_all", "or_all")
        return self

    def request(self) -> dict[str, Any]:
        if self.and_all or self.or_all:
            filters = [item.request() for item in self.and_all or self.or_all or []]
            return {"AndAll" if self.and_all else "OrAll": filters}
        return super().request()


class InvocationLogs(Section):
    """Logs of model invocations in S3. `as_of` is any text: with another one, the logs are read and paid for again."""

    s3_uri: S3Prefix
    use_responses: bool = False
    filters: MetadataFilters | None = None
    kms_key_arn: KmsKeyArn | None = None
    as_of: str = ""

    def request(self) -> dict[str, Any]:
        """InvocationLogsConfig, as Step Functions spells it."""
        source = {"UsePromptResponse": self.use_responses, "InvocationLogSource": {"S3Uri": self.s3_uri}}
        return source | ({"RequestMetadataFilters": self.filters.request()} if self.filters else {})


class Distillation(Section):
    """`max_response_length` is in tokens; without it, Bedrock decides."""

    teacher_model: ModelId
    max_response_length: Annotated[int, Field(ge=1)] | None = None
    invocation_logs: InvocationLogs | None = None


def _require_one(section: Section, *names: str) -> None:
    given = [name for name in names if getattr(section, name) is not None]
    if len(given) != 1:
        raise ValueError(f"exactly one of {', '.join(names)} is needed, got {', '.join(given) or 'none'}; change it")
