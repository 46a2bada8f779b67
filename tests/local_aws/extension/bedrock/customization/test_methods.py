"""Distillation and reinforcement fine-tuning on the embedded AWS: Bedrock's rules, rejected records, real rewards."""

import gzip
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import emulator
from tests.local_aws.conftest import Client
from tests.local_aws.extension.bedrock.customization.method_jobs import (
    ANY_GRADER,
    BUCKET,
    GRADER,
    LOGS,
    MICRO,
    NO_LIST,
    NOVA_2,
    PRO,
    PROFILE,
    create,
    lines,
    log,
    logs,
    prompt,
    reward,
    scored,
    teacher,
    written,
)
from tests.local_aws.functions import zipped
from tests.local_aws.servers import faults
from tests.local_aws.training_jobs import finished


@pytest.fixture(scope="module", autouse=True)
def _data(client: Client) -> None:
    s3 = client("s3")
    for bucket in (BUCKET, LOGS):
        s3.create_bucket(Bucket=bucket)
    files = {
        "prompts": lines(*map(prompt, range(120)), {"messages": []}, {"schemaVersion": "2", "messages": []}),
        "few": lines(*map(prompt, range(99))),
        "scored": lines(*map(scored, range(100))),
        "failing": lines(*(scored(number, "fail") for number in range(100))),
        "answered": lines(*map(scored, range(99)), {"messages": [{"role": "assistant", "content": "2"}]}),
    }
    for name, body in files.items():
        s3.put_object(Bucket=BUCKET, Key=f"{name}.jsonl", Body=body)
    mixed = [log(n, PRO if n % 3 else "amazon.nova-lite-v1:0", "support" if n % 2 else "sales") for n in range(400)]
    s3.put_object(Bucket=LOGS, Key="AWSLogs/1.json.gz", Body=gzip.compress(lines(*mixed)))
    s3.put_object(Bucket=LOGS, Key="AWSLogs/permission-check", Body=lines({"schemaType": "Other"}))


@pytest.fixture(scope="module")
def roles(client: Client, graders: dict[str, str]) -> dict[str, str]:
    objects = [f"arn:aws:s3:::{bucket}/*" for bucket in (BUCKET, LOGS)]
    data = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": objects}
    listing = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{LOGS}"}
    invoke = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    teacher = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": PROFILE}
    trust = {"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}
    made = {}
    for name, statements in {"all": [data, listing, invoke, teacher], "data": [data]}.items():
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        role = client("iam").create_role(RoleName=f"methods-{name}", AssumeRolePolicyDocument=document)["Role"]
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        client("iam").put_role_policy(RoleName=f"methods-{name}", PolicyName="p", PolicyDocument=policy)
        made[name] = role["Arn"]
    return made


@pytest.fixture(scope="module")
def graders(client: Client) -> dict[str, str]:
    made = {}
    for name, code in {"exact": GRADER, "no-list": NO_LIST}.items():
        made[name] = client("lambda").create_function(
            FunctionName=f"methods-{name}",
            Runtime="python3.12",
            Role="arn:aws:iam::000000000000:role/any",
            Handler="grader.lambda_handler",
            Code={"ZipFile": zipped("grader.py", code)},
            Publish=True,
        )["FunctionArn"]
    return made


@pytest.fixture(scope="module")
def jobs(client: Client, roles: dict[str, str], graders: dict[str, str]) -> dict[str, dict[str, Any]]:
    """All jobs at once: each of them takes two seconds."""
    distill, reinforce = (MICRO, "DISTILLATION"), (NOVA_2, "REINFORCEMENT_FINE_TUNING")
    exact = reward(graders["exact"])
    good = reward(graders["exact"], epochCount=2, learningRate=5e-5, reasoningEffort="low", trainingSamplePerPrompt=8)
    projects = [{"equals": {"project": "support"}}, {"equals": {"project": "sales"}}]
    rows: dict[str, tuple[str, tuple[str, str], Any, Any]] = {
        "distilled": ("all", distill, "prompts", teacher()),
        "few": ("all", distill, "few", teacher()),
        "profile": ("data", distill, "prompts", teacher(PROFILE)),
        "absent": ("all", distill, "absent", teacher()),
        "equals": ("all", distill, logs(True, equals={"project": "support"}), teacher(PROFILE)),
        "not-equals": ("all", distill, logs(False, notEquals={"project": "sales"}), teacher()),
        "or-all": ("all", distill, logs(True, orAll=projects), teacher()),
        "reinforced": ("all", reinforce, "scored", good),
        "raises": ("all", reinforce, "failing", exact),
        "no-list": ("all", reinforce, "scored", reward(graders["no-list"])),
        "denied": ("data", reinforce, "scored", exact),
        "answered": ("all", reinforce, "answered", exact),
    }
    arns = {
        name: create(client, roles[role], name, *method, data, config)
        for name, (role, method, data, config) in rows.items()
    }
    return {name: finished(client("bedrock"), arn) for name, arn in arns.items()}


def test_a_distillation_rejects_bad_prompts_and_learns_from_the_others(
    client: Client, jobs: dict[str, dict[str, Any]]
) -> None:
    job = jobs["distilled"]

    assert (job["status"], job["customizationType"]) == ("Completed", "DISTILLATION")
    assert job["customizationConfig"] == teacher()
    (row,) = written(client, "distilled", "manifest.report.csv")
    assert (row["totalProcessedRecordCount"], row["acceptedRecordCount"]) == ("122", "120")
    assert row["rejectedRecordCount"] == "2"
    assert client("bedrock").get_custom_model(modelIdentifier="distilled")["modelStatus"] == "Active"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("few", "The number of valid prompts must be 100 to 15000, got 99"),
        ("profile", f"is not authorized to perform bedrock:InvokeModel on {PROFILE}"),
        ("absent", "Could not validate GetObject permissions"),
        ("raises", 'methods-exact failed: {"errorMessage": "no reference"'),
        ("no-list", "must return a list of id and aggregate_reward_score"),
        ("denied", "is not authorized to perform lambda:InvokeFunction"),
        ("answered", "line 100: the last message must be the prompt, got role assistant"),
    ],
)
def test_a_job_fails_with_its_reason(jobs: dict[str, dict[str, Any]], name: str, message: str) -> None:
    assert jobs[name]["status"] == "Failed"
    assert message in jobs[name]["failureMessage"]


# Of 400 logs, the teacher wrote 266; half of all and of those are of the project "support".
@pytest.mark.parametrize(("name", "wanted"), [("equals", 133), ("not-equals", 200), ("or-all", 266)])
def test_a_distillation_reads_the_logs_that_pass_the_filters(
    client: Client, jobs: dict[str, dict[str, Any]], name: str, wanted: int
) -> None:
    assert jobs[name]["status"] == "Completed", jobs[name].get("failureMessage")
    (row,) = written(client, name, "manifest.report.csv")
    assert int(row["acceptedRecordCount"]) == wanted


def test_the_rewards_come_from_the_grader_and_rise(client: Client, jobs: dict[str, dict[str, Any]]) -> None:
    job = jobs["reinforced"]

    assert job["status"] == "Completed", job.get("failureMessage")
    rows = written(client, "reinforced", "step_wise_training_metrics.csv")
    rewards = [float(row["critic/rewards/mean"]) for row in rows]
    assert rewards == sorted(rewards)
    assert 0 < rewards[0] < rewards[-1] < 1


@pytest.mark.parametrize(
    ("base", "kind", "config", "more", "message"),
    [
        (MICRO, "DISTILLATION", teacher("amazon.nova-lite-v1:0"), {}, "The teacher model amazon.nova-lite-v1:0 is not"),
        (NOVA_2, "DISTILLATION", teacher(), {}, "DISTILLATION is not supported for amazon.nova-2-lite"),
        (MICRO, "DISTILLATION", teacher(), {"hyperParameters": {"epochCount": "1"}}, "hyperParameters are not"),
        (MICRO, "REINFORCEMENT_FINE_TUNING", reward(ANY_GRADER), {}, "REINFORCEMENT_FINE_TUNING is not supported for"),
        (NOVA_2, "REINFORCEMENT_FINE_TUNING", reward(ANY_GRADER, maxPromptLength=0), {}, "maxPromptLength must be int"),
        (MICRO, "FINE_TUNING", teacher(), {}, "customizationConfig is not supported"),
        (MICRO, "CONTINUED_PRE_TRAINING", teacher(), {}, "CONTINUED_PRE_TRAINING is not supported for amazon.nova"),
    ],
)
def test_a_request_that_bedrock_refuses_starts_no_job(
    client: Client,
    roles: dict[str, str],
    base: str,
    kind: str,
    config: dict[str, Any],
    more: dict[str, Any],
    message: str,
) -> None:
    with pytest.raises(ClientError, match=rf"ValidationException.*{message}"):
        create(client, roles["all"], "refused", base, kind, "prompts", config, **more)


def test_a_job_may_fail_for_no_reason_of_the_data(
    aws: emulator.EmbeddedAws, client: Client, roles: dict[str, str]
) -> None:
    with faults(aws.endpoint_url, "failing-jobs"):
        arn = create(client, roles["all"], "unlucky", MICRO, "DISTILLATION", "prompts", teacher())
        job = finished(client("bedrock"), arn)

    assert (job["status"], "unexpected error" in job["failureMessage"]) == ("Failed", True)
    assert client("bedrock").list_custom_models(nameContains="unlucky")["modelSummaries"] == []
