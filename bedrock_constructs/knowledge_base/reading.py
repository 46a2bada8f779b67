"""How a data source reads documents: parsing, chunking, and a function of yours that changes the chunks.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-advanced-parsing.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import RemovalPolicy
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.knowledge_base.chunking import Chunking, FixedSizeChunking
from bedrock_constructs.knowledge_base.permissions import allow
from bedrock_constructs.knowledge_base.transformation import ChunkTransformation, TransformationCode
from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards

DEFAULT_CHUNKING = FixedSizeChunking()
_properties = bedrock.CfnDataSource


@dataclass(frozen=True)
class FoundationModelParsing:
    """A foundation model reads PDF files. `model_arns`: of the model or inference profile, and what a profile invokes.

    Without a `prompt`, Bedrock uses its own.
    """

    model_arns: Sequence[str]
    prompt: str | None = None

    @property
    def configuration(self) -> bedrock.CfnDataSource.ParsingConfigurationProperty:
        prompt = _properties.ParsingPromptProperty(parsing_prompt_text=self.prompt) if self.prompt else None
        model = _properties.BedrockFoundationModelConfigurationProperty(
            model_arn=self.model_arns[0], parsing_prompt=prompt
        )
        return _properties.ParsingConfigurationProperty(
            parsing_strategy="BEDROCK_FOUNDATION_MODEL", bedrock_foundation_model_configuration=model
        )

    @property
    def statements(self) -> list[iam.PolicyStatement]:
        """https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html"""
        profiles = [arn for arn in self.model_arns if ":inference-profile/" in arn]
        invoke = iam.PolicyStatement(sid="Parse", actions=["bedrock:InvokeModel"], resources=list(self.model_arns))
        return [invoke, *(allow("ReadProfile", ["bedrock:GetInferenceProfile"], arn) for arn in profiles)]


@dataclass(frozen=True)
class Reading:
    """Of one data source; the default is Bedrock's parser and chunks of 300 tokens that overlap by a fifth."""

    chunking: Chunking = DEFAULT_CHUNKING
    parsing: FoundationModelParsing | None = None
    transformation: TransformationCode | None = None

    @property
    def replacing(self) -> tuple[object, ...]:
        """What gives the data source another name. Its replacement exists beside it."""
        parsing = ("parsing", self.parsing.model_arns[0], self.parsing.prompt) if self.parsing else ()
        return (*self.chunking.replacing, *parsing, *((self.transformed,) if self.transformation else ()))

    @property
    def transformed(self) -> str:
        """A part of the data source's logical id: CloudFormation would put other code into it in place."""
        return f"Transformed{self.transformation.digest}" if self.transformation else ""


@dataclass(frozen=True)
class BuiltReading:
    """`permitted_arns`: what the knowledge base's role uses to read."""

    configuration: bedrock.CfnDataSource.VectorIngestionConfigurationProperty
    permitted_arns: Sequence[str]


def build_reading(
    scope: Construct, reading: Reading, *, role: iam.Role, removal_policy: RemovalPolicy, kms_key: kms.IKey | None
) -> BuiltReading:
    """How a data source reads, with the rights that `role`, the knowledge base's, needs for it."""
    transformation, arns = None, list[str]()
    if reading.parsing:
        arns += reading.parsing.model_arns
        for statement in reading.parsing.statements:
            role.add_to_policy(statement)
        acknowledge_wildcards(role, reading.parsing.model_arns, reason="A global profile runs in any Region.")
    if reading.transformation:
        log_bucket = scope.node.find_child("AccessLogs")
        assert isinstance(log_bucket, s3.Bucket)
        transformation = ChunkTransformation(
            scope,
            "Transformation",
            code=reading.transformation,
            log_bucket=log_bucket,
            removal_policy=removal_policy,
            kms_key=kms_key,
        )
        arns += [transformation.function.function_arn, transformation.bucket.bucket_arn]
        for statement in transformation.statements:
            role.add_to_policy(statement)
        acknowledge_wildcards(role, transformation.wildcards, reason="Bedrock names the objects; any version.")
    configuration = _properties.VectorIngestionConfigurationProperty(
        chunking_configuration=reading.chunking.configuration,
        parsing_configuration=reading.parsing.configuration if reading.parsing else None,
        custom_transformation_configuration=transformation.configuration if transformation else None,
    )
    return BuiltReading(configuration, arns)
