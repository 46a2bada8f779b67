"""Ingestion of the documents of an S3 data source, with the knowledge base's role."""

from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import bedrock_agent, s3

from local_aws.extension.bedrock.responses import arn
from local_aws.extension.bedrock.service_roles import role_allows, trusts
from local_aws.extension.knowledge_bases import documents
from local_aws.extension.knowledge_bases.document_metadata import SIDECAR, read_sidecar
from local_aws.extension.knowledge_bases.source_document import SourceDocument
from local_aws.extension.knowledge_bases.stores import managed


def ingest(job: dict[str, Any], source: dict[str, Any]) -> None:
    configuration = source["DataSourceConfiguration"]
    if configuration["type"] == managed.CONNECTOR:
        configuration = managed.bucket_of(configuration)
    else:
        configuration = configuration.get("s3Configuration") or {}
    bucket = str(configuration.get("bucketArn")).rsplit(":", 1)[-1]
    role = bedrock_agent._knowledge_bases[job["knowledge_base"]]["RoleArn"]
    owner = configuration.get("bucketOwnerAccountId") or get_account_id()
    if owner != get_account_id():
        job["failures"].append(f"S3 bucket {bucket} of account {owner}: the embedded AWS has one account")
        return
    if bucket not in s3._buckets:
        job["failures"].append(f"S3 bucket {bucket} does not exist or is not in this region")
        return
    if not trusts(role, arn(f"knowledge-base/{job['knowledge_base']}")):
        job["failures"].append(f"The knowledge base cannot assume its role {role}: its trust policy does not allow it")
        return
    prefixes = tuple(configuration.get("inclusionPrefixes") or [""])
    objects = s3._buckets[bucket]["objects"]
    keys = sorted(key for key in objects if key.startswith(prefixes) and not key.endswith("/"))
    if denied := [key for key in keys if not role_allows(role, "s3:GetObject", f"s3://{bucket}/{key}")]:
        job["failures"].append(f"The knowledge base's role {role} may not read s3://{bucket}/{denied[0]}")
        return
    job["counts"]["metadata"] = sum(key.endswith(SIDECAR) for key in keys)
    documents.ingest(job, source, [object_document(bucket, key) for key in keys if not key.endswith(SIDECAR)])


def object_document(bucket: str, key: str) -> SourceDocument:
    objects = s3._buckets[bucket]["objects"]

    def metadata() -> dict[str, Any]:
        return read_sidecar(s3._get_object_data(bucket, key + SIDECAR) or b"") if key + SIDECAR in objects else {}

    return SourceDocument(
        uri=f"s3://{bucket}/{key}",
        name=key,
        version=objects[key]["etag"],
        read=lambda: s3._get_object_data(bucket, key) or b"",
        metadata=metadata,
    )
