"""AWS::IAM::OIDCProvider: an account has one for each issuer."""

from ministack.core.responses import get_account_id, get_region
from ministack.services import iam

from kit_contract.partitions import partition_of
from local_aws.extension.cloudformation.service_calls import Created, Properties

OIDC_PROVIDER = "AWS::IAM::OIDCProvider"


def create(_: str, properties: Properties) -> Created:
    """Raises ValueError for an issuer that the account has."""
    host = properties["Url"].removeprefix("https://").rstrip("/")
    arn = f"arn:{partition_of(get_region())}:iam::{get_account_id()}:oidc-provider/{host}"
    if arn in iam._oidc_providers:
        raise ValueError(f"EntityAlreadyExists: Provider with url {properties['Url']} already exists.")
    iam._oidc_providers[arn] = {"Url": host, "Arn": arn, "CreateDate": iam._now()}
    return arn, update(arn, properties)


def update(arn: str, properties: Properties) -> Properties:
    iam._oidc_providers[arn] |= {
        "ClientIDList": properties.get("ClientIdList", []),
        "ThumbprintList": properties.get("ThumbprintList", []),
        "Tags": properties.get("Tags", []),
    }
    return {"Arn": arn}


def delete(arn: str) -> None:
    iam._oidc_providers.pop(arn, None)
