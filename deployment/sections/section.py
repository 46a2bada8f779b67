"""What all sections share: frozen, no unknown settings; and the texts that several of them constrain alike."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

NAME, REGION = r"^[a-z](-?[a-z0-9]){1,30}$", r"^[a-z]{2}(-[a-z]+)+-\d$"
TIME, ADDRESS = r"^([01]\d|2[0-3]):[0-5]\d$", r"^[^@\s]+@[^@\s]+$"
# What an error says in place of a pattern.
PATTERN_IN_WORDS = {
    NAME: "2 to 31 lowercase letters, digits and single hyphens, starting with a letter",
    REGION: "an AWS Region such as us-east-1",
    TIME: "a time such as 08:00",
    ADDRESS: "an email address",
}
Name = Annotated[str, Field(pattern=NAME)]
EmailAddress = Annotated[str, Field(pattern=ADDRESS)]
Removal = Literal["retain", "destroy"]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
