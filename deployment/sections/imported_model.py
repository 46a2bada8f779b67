"""[training.imported_models.*]: an open model whose weights lie in S3, imported into Bedrock."""

from typing import ClassVar, Literal

from deployment.sections.external_model import ExternalModel
from deployment.sections.job_network import JobNetwork
from deployment.sections.section import AccountId, KmsKeyArn, S3Prefix
from kit_contract.external_models import IMPORT
from kit_contract.model_source import import_source


class ImportedModel(ExternalModel):
    """It is imported again when `s3_uri` or a file there changes, which a deploy looks at.

    `bucket_owner`: the account of the bucket, if it is another one's; `source_kms_key_arn` encrypts the files there.
    """

    kind: ClassVar[str] = "imported_models"
    method: ClassVar[str] = IMPORT
    base_model: ClassVar[str] = ""  # no model of Bedrock
    serving: ClassVar[Literal["on-demand"]] = "on-demand"  # Bedrock has no throughput for imported models

    s3_uri: S3Prefix
    bucket_owner: AccountId | None = None
    source_kms_key_arn: KmsKeyArn | None = None
    model_kms_key_arn: KmsKeyArn | None = None
    vpc: JobNetwork | None = None

    @property
    def source(self) -> dict[str, object]:
        """Members of CreateModelImportJob, as Step Functions spells them. The files there belong to the run as well."""
        return {"ModelDataSource": import_source(self.s3_uri)}
