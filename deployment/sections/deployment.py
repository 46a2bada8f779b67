"""[deployment]: the name and the Region of everything else in the file."""

from typing import Annotated

from pydantic import Field

from deployment.sections.section import REGION, Name, Section


class Deployment(Section):
    """`allow_data_deletion` is the second of the two settings that must agree before data is destroyed.

    `allow_unlisted` takes ids, regions and profiles to invoke that the model catalog does not list: newer than it.
    """

    name: Name
    region: Annotated[str, Field(pattern=REGION)]
    allow_data_deletion: bool = False
    allow_unlisted: bool = False
