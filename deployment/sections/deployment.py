"""[deployment]: name and region of everything that the file deploys."""

from typing import Annotated

from pydantic import Field

from deployment.sections.section import ACCOUNT, REGION, Name, Section


class Deployment(Section):
    """`account`: the only AWS account that is deployed to; if it is absent, that of the credentials.

    `allow_data_deletion` must be true, and a section's removal "destroy", before data is deleted.

    `allow_unlisted` accepts model ids, regions and profiles to invoke that the model catalog does not list yet, and
    Legacy models of which you keep custom models or provisioned throughput.
    """

    name: Name
    region: Annotated[str, Field(pattern=REGION)]
    account: Annotated[str, Field(pattern=ACCOUNT)] | None = None
    allow_data_deletion: bool = False
    allow_unlisted: bool = False
