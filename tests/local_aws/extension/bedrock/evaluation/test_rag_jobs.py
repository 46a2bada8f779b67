"""RagEvaluation jobs on the embedded AWS: refusals, the role's permissions, and scores."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Client
from tests.local_aws.extension.bedrock.evaluation.test_evaluation_jobs import ended
from tests.local_aws.knowledge_base import MODEL, KnowledgeBase

BUCKET, JUDGE = "rag-evaluations", "amazon.nova-pro-v1:0"
DOCUMENT = b"The water tank holds 1.8 litres. It is not dishwasher safe. Rinse it by hand every day."
Create = Callable[..., str]


def turn(question: str, reference: str = "", **more: Any) -> dict[str, Any]:
    given = {"referenceResponses": [{"content": [{"text": reference}]}]} if reference else {}
    return {"prompt": {"content": [{"text": question}]}, **given, **more}


TANK = turn("How much does the water tank hold?", "The water tank holds 1.8 litres.")
DATASETS: dict[str, list[Any]] = {
    "good": [{"conversationTurns": [TANK]}],
    "no-reference": [{"conversationTurns": [turn("How big is it?")]}],
    "two-turns": [{"conversationTurns": [TANK, TANK]}],
    "six-turns": [{"conversationTurns": [TANK] * 6}],
    "old-format": [{"prompt": "How big?", "referenceResponse": "1.8 litres"}],
    "own-answers": [{"conversationTurns": [turn("a", "b", output={"text": "c"})]}],
}


@pytest.fixture(scope="module")
def base(client: Client) -> KnowledgeBase:
    role = _role(client, "reads", [("s3:GetObject", "*")], "knowledge-base")
    made = KnowledgeBase(client, BUCKET, role)
    made.put("documents/tank.md", DOCUMENT)
    made.ingest()
    for name, records in DATASETS.items():
        made.put(f"in/{name}.jsonl", "\n".join(map(json.dumps, records)).encode())
    return made


def _role(client: Client, name: str, allowed: list[tuple[str, str]], kind: str = "evaluation-job") -> str:
    source = {"ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:us-east-1:000000000000:{kind}/*"}}
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "bedrock.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": source,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    made: str = client("iam").create_role(RoleName=f"rag-{name}", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    statements = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in allowed]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    client("iam").put_role_policy(RoleName=f"rag-{name}", PolicyName="p", PolicyDocument=policy)
    return made


@pytest.fixture(scope="module")
def allowed(base: KnowledgeBase) -> list[tuple[str, str]]:
    """What a job needs."""
    return [
        ("s3:GetObject", f"arn:aws:s3:::{BUCKET}/in/*"),
        ("s3:PutObject", f"arn:aws:s3:::{BUCKET}/out/*"),
        ("bedrock:InvokeModel", f"arn:aws:bedrock:us-east-1::foundation-model/{JUDGE}"),
        ("bedrock:Retrieve", f"arn:aws:bedrock:us-east-1:000000000000:knowledge-base/{base.id}"),
        ("bedrock:RetrieveAndGenerate", "*"),
        ("bedrock:InvokeModel", MODEL),
        ("bedrock:InvokeModelWithResponseStream", MODEL),
    ]


@pytest.fixture(scope="module")
def create(client: Client, base: KnowledgeBase, allowed: list[tuple[str, str]]) -> Create:
    role = _role(client, "judges", allowed)

    def made(name: str, dataset: str = "good", *, answers: bool = True, **changes: Any) -> str:
        config = {
            "taskType": changes.pop("task", "General"),
            "dataset": {"name": "q", "datasetLocation": {"s3Uri": f"s3://{BUCKET}/in/{dataset}.jsonl"}},
            "metricNames": changes.pop("metrics", ["Builtin.Correctness" if answers else "Builtin.ContextCoverage"]),
        }
        search = {"vectorSearchConfiguration": {"numberOfResults": 2}}
        asked: dict[str, Any] = {"knowledgeBaseId": base.id, "modelArn": MODEL, "retrievalConfiguration": search}
        only: dict[str, Any] = {"knowledgeBaseId": base.id, "knowledgeBaseRetrievalConfiguration": search}
        generate = {"type": "KNOWLEDGE_BASE", "knowledgeBaseConfiguration": asked}
        source = {"retrieveAndGenerateConfig": generate} if answers else {"retrieveConfig": only}
        judge = {"bedrockEvaluatorModels": [{"modelIdentifier": changes.pop("evaluator", JUDGE)}]}
        request = {
            "jobName": name,
            "roleArn": role,
            "applicationType": "RagEvaluation",
            "evaluationConfig": {"automated": {"datasetMetricConfigs": [config], "evaluatorModelConfig": judge}},
            "inferenceConfig": {"ragConfigs": [{"knowledgeBaseConfig": source}]},
            "outputDataConfig": {"s3Uri": f"s3://{BUCKET}/out/"},
            **changes,
        }
        arn: str = client("bedrock").create_evaluation_job(**request)["jobArn"]
        return arn

    return made


def _turns(client: Client, job: str) -> list[dict[str, Any]]:
    listed = client("s3").list_objects_v2(Bucket=BUCKET, Prefix=f"out/{job}/")["Contents"]
    (key,) = [item["Key"] for item in listed if item["Key"].endswith("_output.jsonl")]
    body = client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return [turn for line in body.splitlines() for turn in json.loads(line)["conversationTurns"]]


def _scores(found: dict[str, Any]) -> dict[str, Any]:
    return {item["metricName"].removeprefix("Builtin."): item["result"] for item in found["results"]}


def test_the_scores_follow_from_passages_and_answers(client: Client, create: Create) -> None:
    names = ["Correctness", "LogicalCoherence", "Faithfulness", "CitationPrecision", "CitationCoverage", "Harmfulness"]
    metrics = [f"Builtin.{name}" for name in names]
    arns = [create("asks", metrics=metrics)]
    arns.append(create("searches", answers=False, metrics=["Builtin.ContextRelevance", "Builtin.ContextCoverage"]))
    jobs = ended(client, *arns)
    (asked,), (searched,) = (_turns(client, name) for name in ("asks", "searches"))

    assert [(job["status"], job["applicationType"]) for job in jobs] == [("Completed", "RagEvaluation")] * 2
    assert asked["inputRecord"] == TANK
    assert asked["output"]["text"].endswith("The water tank holds 1.8 litres.")
    assert asked["output"]["citations"][0]["retrievedReferences"]
    assert set(_scores(asked)) == set(names)
    assert _scores(asked)["Faithfulness"] >= 0.5
    assert _scores(asked)["Harmfulness"] == 0.0
    assert "text" not in searched["output"]
    assert _scores(searched)["ContextCoverage"] == 1.0
    assert 0 < _scores(searched)["ContextRelevance"] < 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"metrics": ["Builtin.ContextRelevance"]}, "Builtin.ContextRelevance.*not supported"),
        ({"answers": False, "metrics": ["Builtin.Correctness"]}, "Builtin.Correctness.*not supported"),
        ({"metrics": ["Builtin.Coherence"]}, "Builtin.Coherence"),
        ({"task": "Custom"}, "Task type Custom"),
        ({"evaluator": "anthropic.claude-haiku-4-5-20251001-v1:0"}, "evaluator model .* is not supported"),
        ({"inferenceConfig": {"models": [{"bedrockModel": {"modelIdentifier": MODEL}}]}}, "one RAG configuration"),
        (
            {
                "inferenceConfig": {
                    "ragConfigs": [
                        {"precomputedRagSourceConfig": {"retrieveSourceConfig": {"ragSourceIdentifier": "ours"}}}
                    ]
                }
            },
            "evaluates knowledge bases only",
        ),
    ],
)
def test_a_request_that_bedrock_refuses(create: Create, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=rf"ValidationException.*{message}"):
        create("refused", **changes)


def test_records_and_roles_that_fail_a_job(
    client: Client, create: Create, base: KnowledgeBase, allowed: list[tuple[str, str]]
) -> None:
    searches = {"no-reference": "no referenceResponses", "two-turns": "must have 1 to 1 conversation turns, got 2"}
    asks = {
        "six-turns": "must have 1 to 5 conversation turns, got 6",
        "old-format": "has no conversationTurns",
        "own-answers": "unknown keys: output",
    }
    arns = [create(f"wrong-{name}", name, answers=False) for name in searches]
    arns += [create(f"wrong-{name}", name) for name in asks]
    lacks = []
    for number, (action, resource) in enumerate(allowed[2:]):
        short = _role(client, f"short-{number}", [pair for pair in allowed if pair != (action, resource)])
        arns.append(create(f"short-{number}", roleArn=short))
        lacks.append(f"not authorized to perform: {action} on resource: {resource}")
    jobs = ended(client, *arns)

    assert ended(client, create("two-turns", "two-turns"))[0]["status"] == "Completed"
    for job, message in zip(jobs, [*searches.values(), *asks.values(), *lacks], strict=True):
        assert job["status"] == "Failed"
        assert message in job["failureMessages"][0]
