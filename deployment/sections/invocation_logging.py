"""[invocation_logging]: prompts and answers of all model calls of the account in this Region, kept for a time."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from deployment.sections.section import KmsKeyArn, Removal, Section

Destination = Literal["s3", "cloudwatch-logs"]
DataType = Literal["text", "image", "embedding", "video", "audio"]
# Those of CloudWatch Logs: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]


class InvocationLogging(Section):
    """Whoever may read the bucket or the log group reads what users wrote and what models answered.

    `destinations`: S3, CloudWatch Logs or both. `data`: the types that are logged. `large_data`: bodies above 100 KB
    and binary data go to the bucket, also where "s3" is no destination. `retention_days` of both.
    `kms_key_arn`: a key whose policy admits Bedrock and CloudWatch Logs. `removal`: "destroy" deletes the logs with the
    stack, if deployment.allow_data_deletion agrees. `take_over`: replaces the logging that somebody else configured,
    and restores it when the section is removed.
    """

    destinations: Annotated[list[Destination], Field(min_length=1)] = ["s3"]
    data: Annotated[list[DataType], Field(min_length=1)] = ["text"]
    large_data: bool = True
    retention_days: RetentionDays = 90
    kms_key_arn: KmsKeyArn | None = None
    removal: Removal = "retain"
    take_over: bool = False

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for name in ("destinations", "data"):
            values = getattr(self, name)
            if len(set(values)) < len(values):
                raise ValueError(f"{name}: each may be named only once; remove the second one")
        return self
