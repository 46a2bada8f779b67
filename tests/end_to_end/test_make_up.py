"""The whole path on the embedded AWS: what was deployed, trained, promoted; the next deploy changes nothing."""

import json
from itertools import pairwise

import pytest

from kit.deploy.record import deployed_price
from kit_contract.errors import ExternalError
from tests.end_to_end.clients import client_of
from tests.end_to_end.deployed import Deployed, run_up
from tests.end_to_end.scenarios import make_up
from tests.end_to_end.scenarios.make_up import Again, Beside

pytestmark = pytest.mark.end_to_end


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


def test_a_reserve_was_bought_by_the_deploy(deployed: Deployed) -> None:
    """test_the_end.py looks at its end: a destroyed stack takes it along."""
    (found,) = deployed.client("bedrock").list_provisioned_model_throughputs()["provisionedModelSummaries"]

    assert (found["provisionedModelName"], found["status"]) == ("end-to-end-reserve", "InService")
    assert deployed_price(deployed.client("ssm"), deployed.outputs["deployment"]), "the next kit diff --local compares"


def test_another_language_model_needs_a_restart(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIT_LLM_URL", "http://127.0.0.1:9")

    with pytest.raises(ExternalError, match="started with none and reads it only when it starts; run make down"):
        run_up(deployed.aws.state_dir)


@pytest.mark.step(make_up, "another Region")
def test_another_deployment_in_another_region_stands_beside_the_first(seen: Beside) -> None:
    assert "llama3-3" in seen.answer
    assert seen.outputs["region"] == "us-west-2"
    assert seen.models == ["agent:support", "assistant", "embeddings", "support-bot"]


@pytest.mark.step(make_up, "again")
def test_a_second_run_trains_nothing_and_replaces_nothing(seen: Again) -> None:
    assert "support: already trained, nothing to do" in seen.printed
    assert "still exists is unknown" not in seen.printed
    assert "(only documents with topic = orders)" in seen.printed
    agent = seen.printed.partition("a question to the agent support, streamed")[2]
    for shown in ("order-status: success", "manuals: success", "DHL", "every three months", "stopped with end_turn"):
        assert shown in agent
    assert ":custom-model-deployment/" in seen.outputs["aliases"]["support-bot"]
    assert seen.outputs["aliases"] == seen.first["aliases"]
    assert seen.before == seen.after
    assert seen.jobs == 1


def test_every_invocation_wrote_one_json_line(deployed: Deployed) -> None:
    logs, invocations = deployed.client("logs"), 0
    for group in logs.describe_log_groups()["logGroups"]:
        if "ToolsOrderStatus" in group["logGroupName"]:  # an example, which writes no log of its own
            continue
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
