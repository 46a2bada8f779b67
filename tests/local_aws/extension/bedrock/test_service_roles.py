"""Bedrock assumes a service role only if its trust policy allows it, and has the S3 access of its policies."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import BASE, Clients, code, running
from tests.local_aws.training_jobs import data, finished

BUCKET = "roles-bucket"
ACCOUNT = "000000000000"
BEDROCK = {"Service": "bedrock.amazonaws.com"}
JOBS = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:model-customization-job/*"
ANYTHING = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
OTHER_KEY = {"StringEquals": {"s3:ExistingObjectTag/kind": "training"}}
OWN_ACCOUNT = {"StringEquals": {"aws:ResourceAccount": ACCOUNT}}


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    with running(tmp_path_factory.mktemp("aws")) as made:
        made("s3").create_bucket(Bucket=BUCKET)
        made("s3").put_object(Bucket=BUCKET, Key="data/good.jsonl", Body=data())
        yield made


def allow(**condition: dict[str, str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": BEDROCK, "Action": "sts:AssumeRole", "Condition": condition}


def role(clients: Clients, name: str, trust: list[dict[str, Any]], policy: list[dict[str, Any]]) -> str:
    iam = clients("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    arn = str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"])
    document = json.dumps({"Version": "2012-10-17", "Statement": policy})
    iam.put_role_policy(RoleName=name, PolicyName="data", PolicyDocument=document)
    return arn


def create(clients: Clients, name: str, role_arn: str) -> str:
    created: dict[str, str] = clients("bedrock").create_model_customization_job(
        jobName=name,
        customModelName=f"{name}-model",
        roleArn=role_arn,
        baseModelIdentifier=BASE,
        trainingDataConfig={"s3Uri": f"s3://{BUCKET}/data/good.jsonl"},
        outputDataConfig={"s3Uri": f"s3://{BUCKET}/output/"},
    )
    return created["jobArn"]


@pytest.mark.parametrize(
    ("name", "trust"),
    [
        ("other-service", [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "*"}]),
        ("other-account", [allow(StringEquals={"aws:SourceAccount": "111122223333"})]),
        ("other-source", [allow(ArnLike={"aws:SourceArn": JOBS.replace("model-customization-job", "knowledge-base")})]),
        ("other-region", [allow(ArnLike={"aws:SourceArn": JOBS.replace("us-east-1", "us-west-2")})]),
        ("other-action", [{"Effect": "Allow", "Principal": BEDROCK, "Action": "sts:TagSession"}]),
        ("denied", [allow(), {"Effect": "Deny", "Principal": BEDROCK, "Action": "sts:AssumeRole"}]),
        ("only-in-the-text", [{"Sid": "bedrock.amazonaws.com", "Effect": "Allow", "Principal": {"AWS": ACCOUNT}}]),
    ],
)
def test_a_role_that_does_not_trust_the_job_is_refused(
    clients: Clients, name: str, trust: list[dict[str, Any]]
) -> None:
    arn = role(clients, name, trust, [ANYTHING])

    with pytest.raises(ClientError, match="Could not assume") as error:
        create(clients, name, arn)

    assert code(error) == "ValidationException"


def test_the_trust_policy_of_the_kit_is_sufficient(clients: Clients) -> None:
    trust = allow(StringEquals={"aws:SourceAccount": ACCOUNT}, ArnLike={"aws:SourceArn": JOBS})
    policy = {**ANYTHING, "Resource": f"arn:aws:s3:::{BUCKET}/*", "Condition": OWN_ACCOUNT}

    job = finished(clients("bedrock"), create(clients, "kit", role(clients, "kit", [trust], [policy])))

    assert job["status"] == "Completed"


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        ("no-read", [ANYTHING, {"Effect": "Deny", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}]),
        ("other-data", [{**ANYTHING, "Resource": f"arn:aws:s3:::{BUCKET}/other/*"}]),
        ("conditional", [{**ANYTHING, "Condition": OTHER_KEY}]),
    ],
)
def test_a_denial_or_a_condition_fails_the_job(clients: Clients, name: str, policy: list[dict[str, Any]]) -> None:
    job = finished(clients("bedrock"), create(clients, name, role(clients, name, [allow()], policy)))

    assert job["status"] == "Failed"
    assert "GetObject" in job["failureMessage"]


def test_a_managed_policy_counts_and_a_boundary_limits_it(clients: Clients) -> None:
    iam = clients("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [ANYTHING]})
    managed = iam.create_policy(PolicyName="all-of-s3", PolicyDocument=document)["Policy"]["Arn"]
    reading = json.dumps({"Version": "2012-10-17", "Statement": [{**ANYTHING, "Action": "s3:GetObject"}]})
    boundary = iam.create_policy(PolicyName="reading", PolicyDocument=reading)["Policy"]["Arn"]
    outcomes = []
    for name, limit in (("managed", {}), ("bounded", {"PermissionsBoundary": boundary})):
        trust = json.dumps({"Version": "2012-10-17", "Statement": [allow()]})
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, **limit)["Role"]["Arn"]
        iam.attach_role_policy(RoleName=name, PolicyArn=managed)
        outcomes.append(finished(clients("bedrock"), create(clients, name, arn)))

    assert [job["status"] for job in outcomes] == ["Completed", "Failed"]
    assert "PutObject" in outcomes[1]["failureMessage"]


def test_an_ingestion_needs_a_role_that_trusts_its_knowledge_base(clients: Clients) -> None:
    arn = role(clients, "for-jobs-only", [allow(ArnLike={"aws:SourceArn": JOBS})], [ANYTHING])
    base = KnowledgeBase(clients, "untrusted-bucket", arn)
    base.put("a.md", b"# Secret\nNobody reads this.")

    job = base.ingest()

    assert job["status"] == "FAILED"
    assert "cannot assume" in job["failureReasons"][0]


def test_a_template_with_such_a_knowledge_base_is_refused(clients: Clients) -> None:
    arn = role(clients, "for-nobody", [allow(StringEquals={"aws:SourceAccount": "111122223333"})], [ANYTHING])
    embedding = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"
    properties = {
        "Name": "untrusted",
        "RoleArn": arn,
        "KnowledgeBaseConfiguration": {
            "Type": "VECTOR",
            "VectorKnowledgeBaseConfiguration": {"EmbeddingModelArn": embedding},
        },
    }
    template = {"Resources": {"Base": {"Type": "AWS::Bedrock::KnowledgeBase", "Properties": properties}}}
    cloudformation = clients("cloudformation")
    cloudformation.create_stack(StackName="untrusted", TemplateBody=json.dumps(template), OnFailure="DO_NOTHING")

    deadline = time.monotonic() + 20
    while cloudformation.describe_stacks(StackName="untrusted")["Stacks"][0]["StackStatus"] == "CREATE_IN_PROGRESS":
        assert time.monotonic() < deadline
        time.sleep(0.05)

    events = cloudformation.describe_stack_events(StackName="untrusted")["StackEvents"]
    assert any("may not be assumed" in event.get("ResourceStatusReason", "") for event in events)
