"""[model_access]: access to the foundation models that the other sections use."""

from typing import Annotated, Literal

from pydantic import Field

from deployment.sections.section import Section


class UseCase(Section):
    """The form that Anthropic requires once per account (PutUseCaseForModelAccess)."""

    company_name: Annotated[str, Field(min_length=1, max_length=128)]
    company_website: Annotated[str, Field(min_length=1, max_length=128)]
    intended_users: Literal["internal", "external", "both"]
    industry: Annotated[str, Field(min_length=1, max_length=128)]
    other_industry: Annotated[str, Field(max_length=128)] = ""
    use_cases: Annotated[str, Field(min_length=1, max_length=8192)]


class ModelAccess(Section):
    use_case: UseCase | None = None
    revoke_on_delete: bool = False
