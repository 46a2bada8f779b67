"""The whole path on the embedded AWS: deploy, train, promote, ingest, ask, deploy again; test_the_end.py destroys."""

import json
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import boto3
import openai
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from kit import embedded_outputs
from kit.__main__ import main
from kit_contract.errors import ExternalError
from tests.end_to_end.deployed import CONFIG, PROJECT, STATE, Deployed, run_up

pytestmark = pytest.mark.end_to_end


def client_of(deployed: Deployed) -> openai.OpenAI:
    return openai.OpenAI(base_url=deployed.outputs["api_url"], api_key=deployed.outputs["api_key"], max_retries=0)


def test_a_wrong_key_is_refused(deployed: Deployed) -> None:
    client = openai.OpenAI(base_url=deployed.outputs["api_url"], api_key="wrong", max_retries=0)

    with pytest.raises(openai.AuthenticationError):
        client.models.list()


def test_keys_are_added_rotated_and_removed(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(embedded_outputs, "OUTPUTS", STATE / "outputs.json")

    def kit(*arguments: str) -> str:
        assert main(["keys", *arguments, "--local"]) == 0
        return capsys.readouterr().out.strip()

    def status(key: str, header: str = "x-api-key", scheme: str = "") -> int:
        headers = {"Content-Type": "application/json", header: scheme + key}
        return deployed.post("/retrieve", b'{"query": "limescale", "filters": {}}', headers)[0]

    first = kit("add", "web")
    _until(lambda: status(first) == 400)  # the request has a field that does not exist, so it calls nothing
    assert status(first, "Authorization", "Bearer ") == 400
    second = kit("rotate", "web", "--grace", "0")
    _until(lambda: status(second) == 400)
    _until(lambda: status(first) == 401)
    assert kit("list").count(second[-4:]) == 1
    kit("remove", "web", "--yes")
    assert status(second) in (401, 403)  # at once: API Gateway no longer counts it, until the authorizer knows
    assert status(deployed.outputs["api_key"]) == 400


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 70  # the authorizer reads the keys every minute, and for an unknown key sooner
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_a_missing_key_is_refused(deployed: Deployed) -> None:
    status, body = deployed.post("/chat/completions", b"{}", {"Content-Type": "application/json"})

    assert status in {401, 403}
    assert body["error"]["message"]


def test_an_unknown_alias_lists_the_aliases(deployed: Deployed) -> None:
    with pytest.raises(openai.NotFoundError, match="support-bot"):
        client_of(deployed).chat.completions.create(model="nobody", messages=[{"role": "user", "content": "Hello"}])


def test_a_body_that_is_not_json_is_a_bad_request(deployed: Deployed) -> None:
    status, body = deployed.post("/chat/completions", b"{'model':")

    assert status == 400
    assert "JSON" in body["error"]["message"]


def test_a_body_of_12_mb_is_too_large(deployed: Deployed) -> None:
    body = json.dumps({"model": "support-bot", "messages": [{"role": "user", "content": "x" * 12_000_000}]}).encode()

    status, answer = deployed.post("/chat/completions", body)

    assert status == 413
    assert answer["error"]["message"]


def test_the_budget_tells_its_owner_and_its_topic(deployed: Deployed) -> None:
    account = deployed.client("sts").get_caller_identity()["Account"]
    budgets = deployed.client("budgets")

    (budget,) = budgets.describe_budgets(AccountId=account)["Budgets"]
    named = {"AccountId": account, "BudgetName": budget["BudgetName"]}
    (alarm, *others) = budgets.describe_notifications_for_budget(**named)["Notifications"]
    key = {name: alarm[name] for name in ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")}
    told = budgets.describe_subscribers_for_notification(**named, Notification=key)["Subscribers"]

    assert len(others) == 3
    assert sorted(one["SubscriptionType"] for one in told) == ["EMAIL", "SNS"]


def test_the_alias_is_served_by_the_fine_tuned_model(deployed: Deployed) -> None:
    target = deployed.outputs["aliases"]["support-bot"]
    assert ":custom-model-deployment/" in target

    answer = client_of(deployed).chat.completions.create(
        model="support-bot", messages=[{"role": "user", "content": "The descaling light is on, what do I do?"}]
    )

    assert answer.choices[0].message.content
    assert (answer.model_extra or {})["served_by"]["target"] == target.rpartition(":")[2]
    deployment = deployed.client("bedrock").get_custom_model_deployment(customModelDeploymentIdentifier=target)
    assert deployment["status"] == "Active"
    assert ":custom-model/amazon.nova-micro-v1:0:128k/" in deployment["modelArn"]
    # The candidate that answered the smoke prompts is gone.
    listed = deployed.client("bedrock").list_custom_model_deployments()["modelDeploymentSummaries"]
    assert "-candidate" not in json.dumps(listed, default=str)


def test_the_model_was_promoted_by_its_evaluation_and_its_candidate_is_gone(deployed: Deployed) -> None:
    s3, bucket = deployed.client("s3"), deployed.outputs["training_bucket"]
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="runs/support/")["Contents"]
    (key,) = [item["Key"] for item in listed if item["Key"].endswith("/evaluation.json")]
    report = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    assert (report["decision"], report["records"]) == ("promote", 28)
    assert report["metrics"]["win_rate"]["candidate"]["mean"] > 0.5
    assert report["metrics"]["correctness"]["difference"]["mean"] > 0.3  # by evaluation jobs
    deployments = deployed.client("bedrock").list_custom_model_deployments()["modelDeploymentSummaries"]
    assert [item["customModelDeploymentName"] for item in deployments] == ["end-to-end-support"]


def test_the_job_was_trained_on_the_checked_dataset_and_wrote_its_metrics(deployed: Deployed) -> None:
    jobs = deployed.client("bedrock").list_model_customization_jobs()["modelCustomizationJobSummaries"]
    assert [job["status"] for job in jobs] == ["Completed"]

    keys = [
        item["Key"]
        for item in deployed.client("s3").list_objects_v2(Bucket=deployed.outputs["training_bucket"])["Contents"]
    ]

    assert len([key for key in keys if key.endswith("step_wise_training_metrics.csv")]) == 1
    assert len([key for key in keys if key.startswith("runs/support/") and key.endswith("metrics.json")]) == 1


def test_both_forms_of_the_key_pass_and_models_are_the_aliases(deployed: Deployed) -> None:
    assert [model.id for model in client_of(deployed).models.list()] == ["assistant", "embeddings", "support-bot"]
    assert len(client_of(deployed).embeddings.create(model="embeddings", input="Hello").data[0].embedding) == 1024

    status, _ = deployed.post(
        "/retrieve", b'{"query": "limescale"}', {"x-api-key": deployed.outputs["api_key"], "Content-Type": "x/json"}
    )

    assert status == 200


def test_boto3_with_the_key_as_bearer_token_gets_a_streamed_answer(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_tls(request: Any, **_: Any) -> None:  # boto3 sends bearer tokens to HTTPS only
        request.url = request.url.replace("https:", "http:")

    def connected(key: str) -> Any:
        monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", key)
        url = deployed.outputs["api_url"].removesuffix("/v1").replace("http:", "https:")
        config = Config(retries={"total_max_attempts": 1})
        client: Any = boto3.Session(region_name="us-east-1").client("bedrock-runtime", endpoint_url=url, config=config)
        client.meta.events.register("before-send.bedrock-runtime", without_tls)
        return client

    asked = {"modelId": "support-bot", "messages": [{"role": "user", "content": [{"text": "Hello"}]}]}
    events = list(connected(deployed.outputs["api_key"]).converse_stream(**asked)["stream"])

    assert "".join(event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event)
    assert "messageStop" in [name for event in events for name in event]
    assert events[-1]["metadata"]["usage"]["outputTokens"] > 0
    with pytest.raises(ClientError, match="the API key is missing or wrong") as failure:
        connected("wrong").converse(**asked)
    assert failure.value.response["ResponseMetadata"]["HTTPStatusCode"] == 401


def questions() -> list[dict[str, str]]:
    text = (PROJECT / "examples" / "support" / "questions.json").read_text(encoding="utf-8")
    return [item for item in json.loads(text) if "document" in item]


@pytest.mark.parametrize("item", questions(), ids=lambda item: item["document"])
def test_a_paraphrased_question_finds_its_document(deployed: Deployed, item: dict[str, str]) -> None:
    status, body = deployed.post("/retrieve", json.dumps({"query": item["question"], "max_results": 3}).encode())

    assert status == 200
    assert item["document"] in [passage["source"].rsplit("/", 1)[-1] for passage in body["data"]]
    assert all(0 <= passage["score"] <= 1 for passage in body["data"])


def test_an_answer_from_the_documents_cites_them(deployed: Deployed) -> None:
    question = questions()[0]

    status, body = deployed.post("/retrieve-and-generate", json.dumps({"query": question["question"]}).encode())

    assert status == 200
    assert body["answer"]
    sources = [source["source"] for citation in body["citations"] for source in citation["sources"]]
    assert any(question["document"] in source for source in sources)


def test_a_reserve_was_bought_by_the_deploy(deployed: Deployed) -> None:
    """test_the_end.py looks at its end: a destroyed stack takes it along."""
    (found,) = deployed.client("bedrock").list_provisioned_model_throughputs()["provisionedModelSummaries"]

    assert (found["provisionedModelName"], found["status"]) == ("end-to-end-reserve", "InService")


def test_another_language_model_needs_a_restart(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIT_LLM_URL", "http://127.0.0.1:9")

    with pytest.raises(ExternalError, match="started with none and reads it only when it starts; run make down"):
        run_up()


def test_another_deployment_in_another_region_stands_beside_the_first(deployed: Deployed) -> None:
    outputs = run_up(CONFIG.with_name("other.toml"))

    other = openai.OpenAI(base_url=outputs["api_url"], api_key=outputs["api_key"], max_retries=0)
    messages: Any = [{"role": "user", "content": "Hello"}]
    assert "llama3-3" in str(other.chat.completions.create(model="llama", messages=messages).choices[0].message.content)
    assert outputs["region"] == "us-west-2"
    assert [model.id for model in client_of(deployed).models.list()] == ["assistant", "embeddings", "support-bot"]


def test_a_second_run_trains_nothing_and_replaces_nothing(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _resources(deployed)

    again = run_up()

    printed = capsys.readouterr().out
    assert "support: already trained, nothing to do" in printed
    assert "still exists is unknown" not in printed
    assert again["aliases"] == deployed.outputs["aliases"]
    assert _resources(deployed) == before
    jobs = deployed.client("bedrock").list_model_customization_jobs()["modelCustomizationJobSummaries"]
    assert len(jobs) == 1


def test_every_invocation_wrote_one_json_line(deployed: Deployed) -> None:
    logs, invocations = deployed.client("logs"), 0
    for group in logs.describe_log_groups()["logGroups"]:
        lines = [event["message"] for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]]
        begins = [number for number, line in enumerate(lines) if line.startswith("START RequestId")]
        written = [_json_lines(lines[begin:end]) for begin, end in pairwise([*begins, len(lines)])]
        # In all: on a busy machine the embedded AWS reads a line as one of the next invocation.
        assert sum(written) == len(begins), group["logGroupName"]
        invocations += len(begins)

    assert invocations > 30


def _json_lines(lines: list[str]) -> int:
    """Other lines are the runtime's: START, END, REPORT, and the traceback of an invocation that failed."""
    return sum(1 for line in lines if line.startswith("{") and json.loads(line))


def _resources(deployed: Deployed) -> dict[str, str]:
    cloudformation = deployed.client("cloudformation")
    stacks = [stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]]
    return {
        f"{stack}/{item['LogicalResourceId']}": item["PhysicalResourceId"]
        for stack in stacks
        for item in cloudformation.list_stack_resources(StackName=stack)["StackResourceSummaries"]
    }
