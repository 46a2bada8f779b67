"""What imports of open models need in the training stack: roles, and the reader of their files."""

from collections.abc import Mapping
from dataclasses import replace

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from bedrock_constructs.customization.import_role import ImportRole
from bedrock_constructs.customization.methods.job_network import IMPORT_JOB, grant_network, network_members
from bedrock_constructs.customization.model_sources import ModelLocation, ModelSourceReader
from deployment.sections.imported_model import ImportedModel
from deployment.sections.training import Training
from kit_contract.runs import RunSpecification
from kit_contract.stacks import pascal


def imported_specification(
    stack: cdk.Stack, item: ImportedModel, training: Training, specification: RunSpecification
) -> RunSpecification:
    """With the role that reads the files, and the network of the job."""
    role = ImportRole(stack, f"{pascal(specification.customization)}Role", location=_location(item)).role
    members = dict(specification.job_members)
    if network := item.vpc or training.vpc:
        grant_network(role, network.subnet_ids, network.security_group_ids, IMPORT_JOB)
        members |= network_members(network.subnet_ids, network.security_group_ids)
    return replace(specification, role_arn=role.role_arn, job_members=members)


def model_source_reader(
    stack: cdk.Stack, items: Mapping[str, ImportedModel], bucket: s3.IBucket
) -> ModelSourceReader | None:
    """One for all. Its role is an output: a bucket of another account must let it in, and the roles of the jobs."""
    if not items:
        return None
    reader = ModelSourceReader(stack, "ModelSources", bucket=bucket, locations=[*map(_location, items.values())])
    cdk.CfnOutput(stack, "ModelSourceReaderRole", value=reader.role_arn)
    return reader


def _location(item: ImportedModel) -> ModelLocation:
    return ModelLocation(item.s3_uri, owner=item.bucket_owner, kms_key_arn=item.source_kms_key_arn)
