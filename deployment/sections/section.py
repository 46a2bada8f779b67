"""The base of all sections, and the types of settings that several sections use."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

NAME, REGION = r"^[a-z](-?[a-z0-9]){1,30}$", r"^[a-z]{2}(-[a-z]+)+-\d$"
ACCOUNT = r"^[0-9]{12}$"
TIME, ADDRESS = r"^([01]\d|2[0-3]):[0-5]\d$", r"^[^@\s]+@[^@\s]+$"
# Errors describe a pattern in these words.
PATTERN_IN_WORDS = {
    NAME: "2 to 31 lowercase letters, digits and single hyphens, starting with a letter",
    REGION: "an AWS Region such as us-east-1",
    ACCOUNT: "the 12 digits of an AWS account, in quotes",
    TIME: "a time such as 08:00",
    ADDRESS: "an email address",
}


def _below_the_file(path: Path, info: ValidationInfo) -> Path:
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / path


Name = Annotated[str, Field(pattern=NAME)]
EmailAddress = Annotated[str, Field(pattern=ADDRESS)]
# Relative to the folder of deployment.toml, which load_deployment_config passes as context.
FilePath = Annotated[Path, AfterValidator(_below_the_file)]
Removal = Literal["retain", "destroy"]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
