"""KnowledgeBase: buckets, vectors, role, knowledge base and data source."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Match, Template

from bedrock_constructs.knowledge_base.knowledge_base import KnowledgeBase

CONTEXT = {
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,
    "@aws-cdk/core:enablePartitionLiterals": True,
    "@aws-cdk/core:target-partitions": ["aws"],
}
EMBEDDING_ARN = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"


def a_template(*, with_key: bool = False, **changes: Any) -> Template:
    app = cdk.App(context=CONTEXT)
    stack = cdk.Stack(app, "Test", env=cdk.Environment(account="111122223333", region="us-east-1"))
    arguments: dict[str, Any] = {
        "kit_deployment": "support-assistant",
        "name": "documents",
        "embedding_model_id": "amazon.titan-embed-text-v2:0",
        "dimensions": 1024,
        "removal": "retain",
        "allow_data_deletion": False,
        "wait_for_role": False,
        "kms_key": kms.Key(stack, "Key") if with_key else None,
    }
    KnowledgeBase(stack, "KnowledgeBase", **{**arguments, **changes})
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def retained() -> Template:
    return a_template()


@pytest.fixture(scope="module")
def encrypted() -> Template:
    return a_template(with_key=True)


def only(template: Template, resource_type: str) -> dict[str, Any]:
    (resource,) = template.find_resources(resource_type).values()
    return dict(resource)


def documents_bucket(template: Template) -> dict[str, Any]:
    buckets = template.find_resources("AWS::S3::Bucket")
    (name,) = [name for name in buckets if "Documents" in name]
    return dict(buckets[name])


def statements(template: Template) -> dict[str, dict[str, Any]]:
    policy = only(template, "AWS::IAM::Policy")
    return {statement["Sid"]: statement for statement in policy["Properties"]["PolicyDocument"]["Statement"]}


def test_documents_bucket_is_versioned_encrypted_private_logged_and_sends_events(retained: Template) -> None:
    properties = documents_bucket(retained)["Properties"]
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    algorithm = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    assert algorithm["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert "AccessLogs" in properties["LoggingConfiguration"]["DestinationBucketName"]["Ref"]
    assert properties["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    (rule,) = properties["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_both_buckets_require_tls(retained: Template) -> None:
    deny = {"Action": "s3:*", "Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    policy = {"PolicyDocument": {"Statement": Match.array_with([Match.object_like(deny)])}}
    retained.resource_properties_count_is("AWS::S3::BucketPolicy", policy, 2)


def test_there_is_no_function(retained: Template) -> None:
    retained.resource_count_is("AWS::Lambda::Function", 0)


def test_vectors_have_generated_names_and_bedrocks_fields(retained: Template) -> None:
    index = only(retained, "AWS::S3Vectors::Index")["Properties"]
    assert index.pop("VectorBucketArn")["Fn::GetAtt"][1] == "VectorBucketArn"
    assert index == {
        "DataType": "float32",
        "Dimension": 1024,
        "DistanceMetric": "cosine",
        "MetadataConfiguration": {"NonFilterableMetadataKeys": ["AMAZON_BEDROCK_TEXT", "AMAZON_BEDROCK_METADATA"]},
    }
    assert only(retained, "AWS::S3Vectors::VectorBucket")["Properties"] == {
        "EncryptionConfiguration": {"SseType": "AES256"}
    }


def test_only_knowledge_bases_of_this_account_and_region_can_assume_the_role(retained: Template) -> None:
    (trust,) = only(retained, "AWS::IAM::Role")["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust == {
        "Action": "sts:AssumeRole",
        "Effect": "Allow",
        "Principal": {"Service": "bedrock.amazonaws.com"},
        "Condition": {
            "StringEquals": {"aws:SourceAccount": "111122223333"},
            "ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/*"},
        },
    }


def test_permissions_of_the_role(retained: Template) -> None:
    permissions = statements(retained)
    assert set(permissions) == {"Embed", "ListDocuments", "ReadDocuments", "KeepVectors"}
    assert (permissions["Embed"]["Action"], permissions["Embed"]["Resource"]) == ("bedrock:InvokeModel", EMBEDDING_ARN)
    own = {"aws:ResourceAccount": "111122223333"}
    assert permissions["ListDocuments"]["Action"] == "s3:ListBucket"
    assert permissions["ListDocuments"]["Condition"] == {"StringEquals": own}
    assert permissions["ReadDocuments"]["Action"] == "s3:GetObject"
    assert permissions["ReadDocuments"]["Condition"] == {"StringEquals": own}
    assert permissions["ReadDocuments"]["Resource"]["Fn::Join"][1][-1] == "/documents/*"
    assert permissions["KeepVectors"]["Action"] == [
        "s3vectors:PutVectors",
        "s3vectors:GetVectors",
        "s3vectors:DeleteVectors",
        "s3vectors:QueryVectors",
        "s3vectors:GetIndex",
    ]
    bucket, suffix = permissions["KeepVectors"]["Resource"]["Fn::Join"][1]
    assert (bucket["Fn::GetAtt"][1], suffix) == ("VectorBucketArn", "/index/*")


def test_a_model_to_rerank_with_can_be_invoked_by_the_role() -> None:
    permissions = statements(a_template(rerank_model_id="cohere.rerank-v3-5:0"))

    assert (permissions["Rerank"]["Action"], permissions["Rerank"]["Resource"]) == ("bedrock:Rerank", "*")
    assert permissions["InvokeRerankModel"]["Action"] == "bedrock:InvokeModel"
    model = EMBEDDING_ARN.replace("amazon.titan-embed-text-v2:0", "cohere.rerank-v3-5:0")
    assert permissions["InvokeRerankModel"]["Resource"] == model


def test_the_dimensions_are_sent_only_to_a_model_that_takes_them(retained: Template) -> None:
    fixed = a_template(embedding_model_id="amazon.titan-embed-text-v1", dimensions=1536, dimensions_configurable=False)
    sent, left_out = (
        only(template, "AWS::Bedrock::KnowledgeBase")["Properties"]["KnowledgeBaseConfiguration"]
        for template in (retained, fixed)
    )

    model = sent["VectorKnowledgeBaseConfiguration"]["EmbeddingModelConfiguration"]
    assert model == {"BedrockEmbeddingModelConfiguration": {"Dimensions": 1024}}
    assert "EmbeddingModelConfiguration" not in left_out["VectorKnowledgeBaseConfiguration"]
    assert only(fixed, "AWS::S3Vectors::Index")["Properties"]["Dimension"] == 1536


def test_knowledge_base_waits_for_the_roles_policy(retained: Template) -> None:
    (policy,) = retained.find_resources("AWS::IAM::Policy")
    assert policy in only(retained, "AWS::Bedrock::KnowledgeBase")["DependsOn"]


def test_knowledge_base_embeds_with_the_index_s_dimensions(retained: Template) -> None:
    properties = only(retained, "AWS::Bedrock::KnowledgeBase")["Properties"]
    assert properties["KnowledgeBaseConfiguration"] == {
        "Type": "VECTOR",
        "VectorKnowledgeBaseConfiguration": {
            "EmbeddingModelArn": EMBEDDING_ARN,
            "EmbeddingModelConfiguration": {"BedrockEmbeddingModelConfiguration": {"Dimensions": 1024}},
        },
    }
    storage = properties["StorageConfiguration"]
    assert storage["Type"] == "S3_VECTORS"
    assert storage["S3VectorsConfiguration"]["IndexArn"]["Fn::GetAtt"][1] == "IndexArn"


def test_data_source_reads_the_prefix_in_fixed_size_chunks(retained: Template) -> None:
    properties = only(retained, "AWS::Bedrock::DataSource")["Properties"]
    s3 = properties["DataSourceConfiguration"]["S3Configuration"]
    assert (s3["InclusionPrefixes"], s3["BucketOwnerAccountId"]) == (["documents/"], "111122223333")
    assert properties["VectorIngestionConfiguration"]["ChunkingConfiguration"] == {
        "ChunkingStrategy": "FIXED_SIZE",
        "FixedSizeChunkingConfiguration": {"MaxTokens": 300, "OverlapPercentage": 20},
    }


@pytest.mark.parametrize(
    ("resource_type", "change"),
    [
        ("AWS::Bedrock::KnowledgeBase", {"dimensions": 256}),
        ("AWS::Bedrock::KnowledgeBase", {"embedding_model_id": "cohere.embed-english-v3"}),
        ("AWS::Bedrock::DataSource", {"chunk_max_tokens": 500}),
        ("AWS::Bedrock::DataSource", {"chunk_overlap_percentage": 10}),
    ],
)
def test_a_replacement_has_another_name(retained: Template, resource_type: str, change: dict[str, Any]) -> None:
    before = only(retained, resource_type)["Properties"]["Name"]
    assert only(a_template(**change), resource_type)["Properties"]["Name"] != before


def test_names_have_no_two_hyphens_in_a_row() -> None:
    template = a_template(kit_deployment="a--b", name="docs-")
    name = only(template, "AWS::Bedrock::KnowledgeBase")["Properties"]["Name"]
    assert name.startswith("a-b_docs-")
    assert "--" not in name


def test_a_key_encrypts_documents_and_vectors_through_s3_only(encrypted: Template) -> None:
    encryption = documents_bucket(encrypted)["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    vectors = only(encrypted, "AWS::S3Vectors::VectorBucket")["Properties"]["EncryptionConfiguration"]
    assert vectors["SseType"] == "aws:kms"
    use_key = statements(encrypted)["UseKey"]
    assert use_key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    via = {"kms:ViaService": ["s3.us-east-1.amazonaws.com", "s3vectors.us-east-1.amazonaws.com"]}
    assert use_key["Condition"] == {"StringEquals": via}
    key_policy = json.dumps(only(encrypted, "AWS::KMS::Key")["Properties"]["KeyPolicy"])
    assert "indexing.s3vectors.amazonaws.com" in key_policy


def test_another_generation_replaces_what_searches_and_keeps_the_documents(retained: Template) -> None:
    """With other names: CloudFormation makes the new ones before it deletes the old ones."""
    again = a_template(generation=2)

    for kind in ("Bedrock::KnowledgeBase", "Bedrock::DataSource", "S3Vectors::Index"):
        first, second = (template.find_resources(f"AWS::{kind}") for template in (retained, again))
        assert not first.keys() & second.keys()
        names = [only(template, f"AWS::{kind}")["Properties"].get("Name") for template in (retained, again)]
        assert names == [None, None] or names[0] != names[1]
    for kind in ("S3::Bucket", "S3Vectors::VectorBucket", "IAM::Role"):
        first, second = (template.find_resources(f"AWS::{kind}") for template in (retained, again))
        assert first.keys() == second.keys()
