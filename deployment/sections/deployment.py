"""[deployment]: name and region of everything that the file deploys."""

from typing import Annotated

from pydantic import Field

from deployment.sections.section import ACCOUNT, REGION, ApplicationProfileArn, ModelId, Name, Section


class Deployment(Section):
    """`account`: the only AWS account that is deployed to; if it is absent, that of the credentials.

    `allow_data_deletion` must be true, and a section's removal "destroy", before data is deleted.

    `allow_unlisted` accepts model ids, regions and profiles to invoke that the model catalog does not list yet, and
    Legacy models of which you keep custom models or provisioned throughput.

    `inference_profiles`: the ARN of each application inference profile that other sections name, with the id of the
    model or inference profile that it was created from. The ARN does not tell, and callers need permission for both.
    """

    name: Name
    region: Annotated[str, Field(pattern=REGION)]
    account: Annotated[str, Field(pattern=ACCOUNT)] | None = None
    allow_data_deletion: bool = False
    allow_unlisted: bool = False
    inference_profiles: dict[ApplicationProfileArn, ModelId] = {}
