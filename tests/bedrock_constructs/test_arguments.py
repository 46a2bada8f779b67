"""A wrong argument fails when the construct is made, with its name, what it was given and what is allowed."""

import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Annotations, Match
from constructs import Construct

import bedrock_constructs as kit

MODEL, NOVA_MICRO = "amazon.nova-lite-v1:0", "amazon.nova-micro-v1:0:128k"
CUSTOM_MODEL = "arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-micro-v1:0:128k/abcdefghijkl"
WEEK: dict[str, Any] = {"days": ["mon"], "from": "08:00", "to": "18:00", "time_zone": "Europe/Vienna"}
POLITE: dict[str, Any] = {"content_policy_config": {"filtersConfig": []}}
Make = Callable[..., object]


def agent(scope: Construct, **given: Any) -> object:
    return kit.Agent(scope, "Made", **{"name": "helper", "model": MODEL, "instructions": "Be brief.", **given})


def budget(scope: Construct, **given: Any) -> object:
    return kit.Budget(scope, "Made", **{"monthly_usd": 10, "emails": ["cost@example.com"], **given})


def throughput(scope: Construct, **given: Any) -> object:
    target = kit.ThroughputTarget("shop", model_identifier=NOVA_MICRO)
    return kit.ProvisionedThroughput(scope, "Made", **{"target": target, **given})


def controlled(scope: Construct, **given: Any) -> object:
    target = kit.ThroughputTarget("shop", model_identifier=NOVA_MICRO)
    return kit.ControlledThroughput(scope, "Made", **{"target": target, **given})


def deployment(scope: Construct, **given: Any) -> object:
    names = {"kit_deployment": "shop", "deployment_name": "shop-support", "alias": "support"}
    return kit.CustomModelDeployment(scope, "Made", **{**names, **given})


def training(scope: Construct, **given: Any) -> object:
    return kit.ModelCustomization(scope, "Made", **{"customizations": {}, **given})


def customization(_: Construct, **given: Any) -> object:
    return kit.Customization(**{"base_model": NOVA_MICRO, "dataset": "chat.jsonl", **given})


def knowledge_base(scope: Construct, **given: Any) -> object:
    return kit.KnowledgeBase(scope, "Made", **given)


def documents(scope: Construct, **given: Any) -> object:
    return kit.DocumentKnowledgeBase(scope, "Made", **given)


def ingestion(scope: Construct, **given: Any) -> object:
    ids = {"knowledge_base_id": "ABCDEFGHIJ", "knowledge_base_arn": "arn:x", "data_source_id": "ABCDEFGHIJ"}
    names = {"kit_deployment": "shop", "knowledge_base_name": "manuals", "documents_prefix": "documents/"}
    bucket = s3.Bucket.from_bucket_name(scope, "Documents", "shop-documents")
    return kit.KnowledgeBaseIngestion(scope, "Made", **{**ids, **names, "documents_bucket": bucket, **given})


def source(_: Construct, **given: Any) -> object:
    return kit.BucketSource(**{"name": "manuals", "bucket": "shop-manuals", **given})


def aurora(_: Construct, **given: Any) -> object:
    return kit.AuroraPostgresql(**given)


def guardrail(scope: Construct, **given: Any) -> object:
    return kit.Guardrail(scope, "Made", **{"name": "polite", "policies": POLITE, **given})


def api(scope: Construct, **given: Any) -> object:
    return kit.InferenceApi(scope, "Made", **{"aliases": {"assistant": MODEL}, **given})


def profile(scope: Construct, **given: Any) -> object:
    return kit.InferenceProfile(
        scope, "Made", **{"name": "shop", "alias": "assistant", "copied_from": "arn:x", **given}
    )


def logging(scope: Construct, **given: Any) -> object:
    return kit.InvocationLogging(scope, "Made", **given)


def access(scope: Construct, **given: Any) -> object:
    return kit.ModelAccess(scope, "Made", **{"models": [MODEL], **given})


def data_bucket(scope: Construct, **given: Any) -> object:
    return kit.TrainingDataBucket(scope, "Made", **given)


WRONG: list[tuple[Make, dict[str, Any], str]] = [
    (agent, {"name": "my-helper"}, "name must be 1 to 40 letters, digits and _, starting with a letter, got"),
    (agent, {"instructions": " "}, "instructions must be a text that tells the model what to do, got ' '"),
    (agent, {"idle_seconds": 1}, "idle_seconds must be a whole number from 60 to 28,800, got 1; change it"),
    (agent, {"max_iterations": "3"}, "max_iterations must be a whole number from 1 to 1,000, got '3'"),
    (agent, {"guardrail": "polite"}, "guardrail must be a Guardrail, got 'polite'"),
    (agent, {"model": None}, "model must be the id or ARN of a model, got None"),
    (budget, {"monthly_usd": 0}, "monthly_usd must be a number above 0, got 0; change it"),
    (budget, {"monthly_usd": float("nan")}, "monthly_usd must be a number above 0, got nan; change it"),
    (budget, {"monthly_usd": float("inf")}, "monthly_usd must be a number above 0, got inf; change it"),
    (budget, {"actual_percent": 80}, "actual_percent must be a list of percentages, got 80"),
    (budget, {"hard_stop_percent": -1}, "hard_stop_percent must be a number from 0.1 on, got -1"),
    (budget, {"emails": "cost@example.com"}, "emails must be a list, each an email address, got 'cost@example.com'"),
    (budget, {"emails": []}, "emails must name who gets the alarms, got none; name an address, or set with_topic"),
    (budget, {"tag": "team=shop"}, "tag must be a tuple (key, value), or None, got 'team=shop'"),
    (throughput, {"model_units": 0}, "model_units must be a whole number from 1 on, got 0; change it"),
    (throughput, {"model_units": True}, "model_units must be a whole number from 1 on, got True"),
    (throughput, {"commitment_duration": "1month"}, "must be one of None, 'OneMonth', 'SixMonths', got '1month'"),
    (throughput, {"schedule": {"on": "mon"}}, "schedule must have the keys days, from, to and time_zone, got on"),
    (throughput, {"schedule": {**WEEK, "days": ["monday"]}}, "each of schedule['days'] must be one of mon, tue, wed"),
    (throughput, {"schedule": {**WEEK, "days": []}}, "schedule['days'] must name at least one day, got none; add one"),
    (throughput, {"schedule": {**WEEK, "to": "25:00"}}, "schedule['to'] must be a time such as 08:00, got '25:00'"),
    (throughput, {"schedule": {**WEEK, "time_zone": "Vienna"}}, "such as Europe/Vienna, got 'Vienna'; change it"),
    (throughput, {"schedule": WEEK, "commitment_duration": "OneMonth"}, "schedule must be None with commitment_dura"),
    (throughput, {"expires": "tomorrow"}, "expires must be a day such as 2027-01-31, got 'tomorrow'"),
    (throughput, {"target": "shop"}, "target must be a ThroughputTarget, got 'shop'"),
    (throughput, {"kit_deployment": "My Shop"}, "kit_deployment must be lowercase letters, digits and hyphens"),
    (controlled, {"release_when_idle_hours": 0}, "release_when_idle_hours must be a whole number from 1 to 720, got 0"),
    (controlled, {"notify": ["nobody"]}, "each of notify must be an email address, got 'nobody'"),
    (deployment, {"model_identifier": MODEL}, f"model_identifier must be the ARN of a custom model, got '{MODEL}'"),
    (deployment, {"deployment_name": ""}, "deployment_name must be 1 to 63 letters and digits, each followed by one"),
    (
        deployment,
        {"deployment_name": "a-" * 32},
        "deployment_name must be 1 to 63 letters and digits, each followed by",
    ),
    (training, {"customizations": {"s": MODEL}}, "customizations must be a dict of names and Customization, got"),
    (training, {"bucket": "shop"}, "bucket must be an s3.IBucket, such as Bucket.from_bucket_name gives, got 'shop'"),
    (training, {"removal_policy": "destroy"}, "removal_policy must be a cdk.RemovalPolicy, got 'destroy'"),
    (customization, {"dataset": []}, "dataset must name files of records, got []; name one"),
    (customization, {"alias": "a b"}, "alias must be 1 to 63 letters, digits and . _ -, got 'a b'"),
    (knowledge_base, {"dimensions": 999}, "dimensions of amazon.titan-embed-text-v2:0 must be one of 256, 512, 1024"),
    (knowledge_base, {"chunk_max_tokens": 9000}, "max_tokens must be a whole number from 1 to 8,192, got 9000"),
    (knowledge_base, {"name": "My KB"}, "name must be lowercase letters, digits and hyphens, with no"),
    (knowledge_base, {"store": kit.S3Vectors}, "store must be a store such as S3Vectors(), got <class"),
    (knowledge_base, {"removal": "delete"}, "removal must be one of 'retain', 'destroy', got 'delete'"),
    (documents, {"sources": ["shop"]}, "sources must be a list of sources such as BucketSource, got ['shop']"),
    (documents, {"sources": [kit.BucketSource("a", "one"), kit.BucketSource("a", "two")]}, "got a twice; rename one"),
    (ingestion, {"documents_prefix": ""}, "documents_prefix must be a prefix such as documents/, with no slash at its"),
    (source, {"bucket": "s3://shop"}, "bucket must be the name of a bucket, without s3://, got 's3://shop'"),
    (source, {"prefixes": "en/"}, "prefixes must be a list, each a prefix such as manuals/"),
    (source, {"kms_key_arn": "*"}, "kms_key_arn must be the ARN of a KMS key, not of an alias, got '*'"),
    (source, {"schedule": "daily"}, "schedule must be rate(1 day) or, in UTC, cron(0 5 * * ? *), got 'daily'"),
    (aurora, {"min_capacity": 5}, "max_capacity must be a number from 5 to 256, got 4"),
    (aurora, {"min_capacity": 0.3}, "min_capacity must be in steps of 0.5 ACU, got 0.3"),
    (aurora, {"min_capacity": "0"}, "min_capacity must be a number from 0 to 256, got '0'"),
    (guardrail, {"name": "a" * 51}, "name must be 1 to 50 letters, digits, - and _, got"),
    (guardrail, {"policies": {"contentPolicy": {}}}, "content_policy_config, contextual_grounding_policy_config"),
    (guardrail, {"blocked_input": ""}, "blocked_input must be a text of 1 to 500 characters, got ''"),
    (api, {"aliases": {}}, "aliases must have at least one, got none; add one"),
    (api, {"aliases": {"a/b": MODEL}}, "each of aliases must be 1 to 63 letters, digits and . _ : -, got 'a/b'"),
    (api, {"aliases": {"a": None}}, "aliases must be a dict of names, and ids of models or what served_alias gives"),
    (api, {"knowledge_bases": {"m": "ABCDEFGHIJ"}}, "knowledge_bases['m'] must be a knowledge base, or ServedKnow"),
    (api, {"throttle_rate_per_second": 0}, "throttle_rate_per_second must be a number above 0, got 0"),
    (api, {"monthly_quota": 0}, "monthly_quota must be a whole number from 1 on, got 0"),
    (api, {"cors_origins": ["example.com"]}, "each of cors_origins must be an origin such as https://app.example.com"),
    (api, {"iam_callers": ["*"]}, "each of iam_callers must be the 12 digits of an AWS account, or the ARN of a role"),
    (api, {"media_buckets": ["s3://shop"]}, 'each of media_buckets must be "bucket" or "bucket/prefix/", got'),
    (profile, {"copied_from": MODEL}, "copied_from must be the ARN of a foundation model or of a system-defined"),
    (logging, {"destinations": ["kafka"]}, "each of destinations must be 's3' or 'cloudwatch-logs', got 'kafka'"),
    (logging, {"retention_days": 17}, "retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90"),
    (logging, {"data_types": ["smell"]}, "each of data_types must be one of text, image, embedding, video, audio"),
    (access, {"models": MODEL}, f"models must be a list, each the id of a model, such as {MODEL}, got '{MODEL}'"),
    (data_bucket, {"removal": "delete"}, "removal must be one of 'retain', 'destroy', got 'delete'"),
    (data_bucket, {"kms_key": "arn:x"}, "kms_key must be a kms.IKey, such as Key.from_key_arn gives, got 'arn:x'"),
]


@pytest.fixture
def stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Shop", env=cdk.Environment(account="111122223333", region="us-east-1"))


@pytest.mark.parametrize(("make", "given", "message"), WRONG)
def test_a_wrong_argument_is_named(stack: cdk.Stack, make: Make, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        make(stack, **given)


@pytest.mark.parametrize(
    ("make", "given"),
    [
        (api, {"aliases": {MODEL: MODEL}}),  # clients of Bedrock go on naming the model
        (api, {"stage_rate_per_second": 20_000, "stage_burst": 10_000}),  # AWS raises these quotas
        (api, {"throttle_rate_per_second": 0.005}),
        (budget, {"monthly_usd": 0.005}),
        (ingestion, {"documents_prefix": "manuals-2026"}),
        (api, {"cors_origins": ["chrome-extension://abcdefgh", "capacitor://localhost", "http://localhost:3000"]}),
        (profile, {"name": "Shop 2-chat"}),
        (guardrail, {"kms_key_arn": "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/mrk-1234abcd"}),
        (
            deployment,
            {"model_identifier": "arn:aws-cn:bedrock:cn-north-1:111122223333:custom-model/imported/abcdefghijkl"},
        ),
        (source, {"prefixes": ("en", "de/manual")}),
    ],
)
def test_what_aws_takes_passes(stack: cdk.Stack, make: Make, given: dict[str, Any]) -> None:
    make(stack, **given)


def test_a_list_that_only_the_deploy_knows_passes(stack: cdk.Stack) -> None:
    roles = cdk.CfnParameter(stack, "Roles", type="CommaDelimitedList").value_as_list

    logging(stack, replaced_role_arns=roles)
    agent(Construct(stack, "Assistant"), model_arns=roles)


def test_an_alias_names_a_guardrail_that_the_api_has(stack: cdk.Stack) -> None:
    alias = kit.served_alias(stack, MODEL, guardrail="rude")

    with pytest.raises(ValueError, match=re.escape("aliases['assistant'].guardrail must be in guardrails, got 'rude'")):
        api(stack, aliases={"assistant": alias})


def test_what_only_the_deploy_knows_passes(stack: cdk.Stack) -> None:
    text = cdk.CfnParameter(stack, "Text").value_as_string
    number = cdk.CfnParameter(stack, "Number", type="Number").value_as_number

    budget(Construct(stack, "Costs"), monthly_usd=number, emails=[text])
    deployment(Construct(stack, "Served"), kit_deployment=text, deployment_name=text, alias=text, model_identifier=text)
    kit.BucketSource.of("manuals", s3.Bucket.from_bucket_name(stack, "Named", text), prefixes=[text])


def test_a_throughput_that_is_not_offered_in_the_region_is_a_warning() -> None:
    stack = cdk.Stack(cdk.App(), "Shop", env=cdk.Environment(account="111122223333", region="eu-west-3"))
    throughput(stack)

    Annotations.from_stack(stack).has_warning("*", Match.string_like_regexp("not offered as provisioned throughput"))
