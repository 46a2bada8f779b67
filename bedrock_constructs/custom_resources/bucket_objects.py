"""Uploads a folder of the project to a prefix of a bucket, at every deploy."""

from pathlib import Path

from aws_cdk import IgnoreMode, Stack, SymlinkFollowMode
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from bedrock_constructs.custom_resources.provider import CustomResourceProvider
from kit_contract.documents import LEFT_OUT
from kit_contract.stacks import MANIFESTS_PREFIX, RESTORE_CONTEXT


class BucketObjects(Construct):
    """`source` is a folder without links that leave it; `prefix` is empty or ends in a slash. LEFT_OUT stays behind.

    The construct deletes only keys that it has put. A file that you remove from `source` is deleted at the next deploy.
    When you remove the construct, the objects stay unless `delete_on_removal` is set. With another `restore` (any text)
    the deploy puts what was deleted from the bucket by hand.

    Several folders for one bucket share a `granted_prefix`, which all their prefixes begin with: a role's policies
    cannot name any number of prefixes, and the Delete of one that you remove needs what the others have.
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
        written = [destination.arn_for_objects(f"{granted}*"), destination.arn_for_objects(f"{MANIFESTS_PREFIX}*")]
        write = ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"]
        statements = [
            iam.PolicyStatement(
                actions=["s3:GetObject"], resources=[asset.bucket.arn_for_objects(asset.s3_object_key)]
            ),
            # The keys are file names of the folder: only the prefix can be named.
            iam.PolicyStatement(actions=write, resources=written),
            # Without it S3 answers 403 instead of 404 for a manifest that does not exist yet.
            iam.PolicyStatement(actions=["s3:ListBucket"], resources=[destination.bucket_arn]),
        ]
        if destination.encryption_key:
            key_actions = ["kms:GenerateDataKey", "kms:Decrypt"]
            through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{Stack.of(self).region}.amazonaws.com"}}
            key = destination.encryption_key.key_arn
            statements.append(iam.PolicyStatement(actions=key_actions, resources=[key], conditions=through_s3))
        self.content_hash = asset.asset_hash
        provider = CustomResourceProvider.of(self)
        provider.read_assets_of(asset.bucket.bucket_arn)
        self.resource = provider.custom_resource(
            self,
            resource_type="Custom::BucketObjects",
            properties={
                "SourceBucket": asset.s3_bucket_name,
                "SourceKey": asset.s3_object_key,
                "DestinationBucket": destination.bucket_name,
                "DestinationPrefix": prefix,
                "ContentHash": asset.asset_hash,
                "DeleteOnRemoval": delete_on_removal,
                "Restore": restore or self.node.try_get_context(RESTORE_CONTEXT),
            },
            statements=statements,
            acknowledgment="object keys are file names of the folder, under one prefix",
        )
        # The bucket's policy must exist before the first put and until after the last delete.
        self.resource.node.add_dependency(destination)
