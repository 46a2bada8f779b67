"""Uploads a folder of the project to a prefix of a bucket, at every deploy."""

from pathlib import Path

from aws_cdk import IgnoreMode, Stack, SymlinkFollowMode
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from bedrock_constructs.custom_resources.object_grants import (
    RESOURCE_TYPE,
    WILDCARD_REASON,
    key_statements,
    write_statements,
)
from bedrock_constructs.custom_resources.provider import CustomResourceProvider
from kit_contract.documents import LEFT_OUT
from kit_contract.stacks import RESTORE_CONTEXT


class BucketObjects(Construct):
    """`source` is a folder without links that leave it; `prefix` is empty or ends in a slash. LEFT_OUT stays behind.

    The construct deletes only keys that it has put. A file that you remove from `source` is deleted at the next deploy.
    When you remove the construct, the objects stay unless `delete_on_removal` is set. With another `restore` (any text)
    the deploy puts what was deleted from the bucket by hand.

    Several folders for one bucket share a `granted_prefix`, which all their prefixes begin with: a role's policies
    cannot name any number of prefixes, and the Delete of one that you remove needs what the others have. Where each
    has a bucket of its own, which is removed with it, the bucket's policy gives the rights for that (`bucket_grants`).
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        source: Path,
        destination: s3.IBucket,
        prefix: str,
        delete_on_removal: bool,
        restore: str | None = None,
        granted_prefix: str | None = None,
        bucket_grants: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        if not source.is_dir():
            raise ValueError(
                f"source of {construct_id} must be a folder, got {source}; create it or choose another one"
            )
        granted = prefix if granted_prefix is None else granted_prefix
        if not prefix.startswith(granted):
            raise ValueError(f"prefix of {construct_id} must begin with {granted}, got {prefix}; change one of them")
        asset = assets.Asset(
            self,
            "Asset",
            path=str(source),
            exclude=list(LEFT_OUT),
            ignore_mode=IgnoreMode.GIT,
            follow_symlinks=SymlinkFollowMode.BLOCK_EXTERNAL,  # links within the folder are copied and hashed as files
        )
        provider = CustomResourceProvider.of(self)
        provider.read_assets_of(asset.bucket.bucket_arn)
        self.content_hash = asset.asset_hash
        write = write_statements(destination, granted)
        if bucket_grants:
            for statement in write:
                statement.add_arn_principal(provider.roles[0].role_arn)
                destination.add_to_resource_policy(statement)
        self.resource = provider.custom_resource(
            self,
            resource_type=RESOURCE_TYPE,
            properties={
                "SourceBucket": asset.s3_bucket_name,
                "SourceKey": asset.s3_object_key,
                "DestinationBucket": destination.bucket_name,
                "DestinationPrefix": prefix,
                "ContentHash": asset.asset_hash,
                "DeleteOnRemoval": delete_on_removal,
                "Restore": restore or self.node.try_get_context(RESTORE_CONTEXT),
            },
            statements=[
                iam.PolicyStatement(
                    actions=["s3:GetObject"], resources=[asset.bucket.arn_for_objects(asset.s3_object_key)]
                ),
                *([] if bucket_grants else write),
                *key_statements(Stack.of(self), destination),
            ],
            acknowledgment=WILDCARD_REASON,
        )
        # The bucket's policy must exist before the first put and until after the last delete.
        self.resource.node.add_dependency(destination)
