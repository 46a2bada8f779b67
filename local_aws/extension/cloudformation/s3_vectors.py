"""AWS::S3Vectors::VectorBucket, Index and VectorBucketPolicy: ministack has no S3 Vectors."""

import uuid

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

from kit_contract.partitions import partition_of
from local_aws.extension.cloudformation.service_calls import Created, Properties
from local_aws.extension.vector_indexes import indexes

_buckets = AccountRegionScopedDict()
_policies = AccountRegionScopedDict()


def create_bucket(seed: str, properties: Properties) -> Created:
    arn = _bucket_arn(properties.get("VectorBucketName") or _generated(seed))
    if arn in _buckets:
        raise ValueError(f"AWS::S3Vectors::VectorBucket: {arn} already exists; leave VectorBucketName out")
    return arn, store_bucket(arn, properties)


def store_bucket(arn: str, properties: Properties) -> Properties:
    _buckets[arn] = properties
    return {"VectorBucketArn": arn}


def delete_bucket(arn: str) -> None:
    _buckets.pop(arn, None)


def create_index(seed: str, properties: Properties) -> Created:
    arn = f"{_existing_bucket(properties)}/index/{properties.get('IndexName') or _generated(seed)}"
    if arn in indexes:
        raise ValueError(f"AWS::S3Vectors::Index: {arn} already exists; leave IndexName out")
    return arn, store_index(arn, properties)


def store_index(arn: str, properties: Properties) -> Properties:
    indexes[arn] = properties
    return {"IndexArn": arn}


def delete_index(arn: str) -> None:
    indexes.pop(arn, None)


def create_policy(_: str, properties: Properties) -> Created:
    bucket = _existing_bucket(properties)
    return bucket, store_policy(bucket, properties)


def store_policy(bucket: str, properties: Properties) -> Properties:
    _policies[bucket] = properties["Policy"]
    return {}


def delete_policy(bucket: str) -> None:
    _policies.pop(bucket, None)


def _existing_bucket(properties: Properties) -> str:
    arn: str = properties.get("VectorBucketArn") or _bucket_arn(properties.get("VectorBucketName", ""))
    if arn not in _buckets:
        raise ValueError(f"AWS::S3Vectors: vector bucket {arn} does not exist; create it before its index or policy")
    return arn


def _bucket_arn(name: str) -> str:
    return f"arn:{partition_of(get_region())}:s3vectors:{get_region()}:{get_account_id()}:bucket/{name}"


def _generated(seed: str) -> str:
    return f"{seed[:40].lower().rstrip('-')}-{uuid.uuid4().hex[:12]}"
