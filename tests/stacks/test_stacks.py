"""Every stack of two deployments, in both regions where Bedrock customizes: snapshots, IAM, what waits for what."""

import json
import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.synthesized import PROJECT, synthesized, without_hashes

CONFIGS = {"shipped": "deployment.toml", "full": "tests/stacks/full.toml"}
# `make check` checks these and one of tests/iam. `east` is `full` in the other region: its snapshot would add nothing.
GATED = {**CONFIGS, "east": "tests/stacks/full_east.toml"}
STACKS = [
    ("shipped", f"support-assistant-{stack}")
    for stack in ("agents", "inference-api", "knowledge-base", "model-access", "training")
] + [
    ("full", f"full-{stack}")
    for stack in (
        *("agents", "budget", "inference-api", "invocation-logging", "knowledge-base", "model-access", "operations"),
        *("prompts", "provisioned-throughput", "training"),
    )
]


def resources(template: dict[str, Any], resource_type: str) -> dict[str, dict[str, Any]]:
    return {key: item for key, item in template["Resources"].items() if item["Type"] == resource_type}


@pytest.mark.parametrize("deployment", CONFIGS)
def test_each_section_gives_one_stack(deployment: str) -> None:
    assert sorted(synthesized(CONFIGS[deployment])) == [stack for name, stack in STACKS if name == deployment]


@pytest.mark.parametrize(("deployment", "stack"), STACKS)
def test_snapshot(deployment: str, stack: str, snapshot: SnapshotAssertion) -> None:
    template = without_hashes(synthesized(CONFIGS[deployment])[stack])

    assert json.dumps(template, indent=1, sort_keys=True) == snapshot


def test_every_stack_is_checked_in_both_regions() -> None:
    assert [name.removeprefix("east-") for name in sorted(synthesized(GATED["east"]))] == [
        name.removeprefix("full-") for name in sorted(synthesized(GATED["full"]))
    ]


def test_make_check_checks_every_configuration() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    checked = re.search(r"^CHECKED := (.*)$", makefile, re.MULTILINE)

    assert checked
    more = {"tests/iam/encrypted.toml", "tests/stacks/pipeline.toml"}
    assert {*GATED.values(), *more} == set(checked[1].split())
    assert "-m kit check $(CHECKED:%=--config %)" in makefile


@pytest.mark.parametrize(("deployment", "stack"), STACKS)
def test_every_role_of_bedrock_is_limited_to_account_and_source(deployment: str, stack: str) -> None:
    for role in resources(synthesized(CONFIGS[deployment])[stack], "AWS::IAM::Role").values():
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
            if str(statement["Principal"].get("Service")).startswith("bedrock"):
                conditions = json.dumps(statement["Condition"])
                assert "aws:SourceAccount" in conditions
                assert "aws:SourceArn" in conditions


@pytest.mark.parametrize(("deployment", "stack"), STACKS)
def test_no_policy_allows_every_action_of_a_service(deployment: str, stack: str) -> None:
    for policy in resources(synthesized(CONFIGS[deployment])[stack], "AWS::IAM::Policy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            assert not [action for action in actions if action in {"*", "bedrock:*", "s3:*", "iam:*", "ssm:*"}]


def test_only_the_hard_stop_topic_can_invoke_the_capacity_function() -> None:
    templates = synthesized(CONFIGS["full"])
    throughput = templates["full-provisioned-throughput"]
    (subscription,) = [
        item["Properties"]
        for item in resources(throughput, "AWS::SNS::Subscription").values()
        if item["Properties"]["Protocol"] == "lambda"
    ]
    (permission,) = [
        item["Properties"]
        for item in resources(throughput, "AWS::Lambda::Permission").values()
        if item["Properties"]["Principal"] == "sns.amazonaws.com"
    ]
    (alarm,) = [
        notified
        for budget in resources(templates["full-budget"], "AWS::Budgets::Budget").values()
        for notified in budget["Properties"]["NotificationsWithSubscribers"]
        if (notified["Notification"]["NotificationType"], notified["Notification"]["Threshold"]) == ("ACTUAL", 100)
    ]
    told = next(one["Address"] for one in alarm["Subscribers"] if one["SubscriptionType"] == "SNS")

    exported = json.dumps(subscription["TopicArn"])
    assert exported == json.dumps({"Ref": "HardStopTopicArn"})
    (published,) = [
        item["Properties"]
        for item in resources(templates["full-budget"], "AWS::SSM::Parameter").values()
        if item["Properties"]["Name"] == throughput["Parameters"]["HardStopTopicArn"]["Default"]
    ]
    assert published["Value"] == told
    assert permission["SourceArn"] == subscription["TopicArn"]
    assert permission["FunctionName"] == subscription["Endpoint"]


def test_a_throughput_depends_on_its_schedules_and_the_start_on_the_throughput() -> None:
    template = synthesized(CONFIGS["full"])["full-provisioned-throughput"]
    (throughput,) = resources(template, "Custom::BedrockProvisionedThroughput").items()
    (start,) = resources(template, "Custom::BedrockCapacityStart").values()
    clock = [*resources(template, "AWS::Scheduler::Schedule"), *resources(template, "AWS::CloudWatch::Alarm")]
    settings = [name for name in resources(template, "AWS::SSM::Parameter") if "Settings" in name]

    assert len(clock) == 4  # the tick, opens, closes; the alarm
    assert set(clock) <= set(throughput[1]["DependsOn"])
    assert {throughput[0], *settings} <= set(start["DependsOn"])


@pytest.mark.parametrize(("deployment", "stack"), [item for item in STACKS if item[1].endswith("-training")])
def test_a_specification_exists_before_the_data_whose_upload_starts_a_run(deployment: str, stack: str) -> None:
    template = synthesized(CONFIGS[deployment])[stack]
    stored = resources(template, "Custom::BucketObjects").values()
    data = [item for item in stored if item["Properties"]["DestinationPrefix"] != "data/"]  # not those of evaluations
    (machine,) = resources(template, "AWS::StepFunctions::StateMachine")
    for item in data:
        customization = item["Properties"]["DestinationPrefix"].split("/")[1]
        (specification,) = [
            name
            for name, parameter in resources(template, "AWS::SSM::Parameter").items()
            if parameter["Properties"]["Name"].endswith(f"/customizations/{customization}")
        ]
        assert specification in item["DependsOn"]
        assert machine in item["DependsOn"]  # else the run has the states of the deploy before
    assert data


@pytest.mark.parametrize("deployment", GATED)
def test_no_stack_imports_from_another(deployment: str) -> None:
    """CloudFormation would refuse to replace what is imported: `dimensions`, `embedding_model`, the hard stop."""
    text = json.dumps(synthesized(GATED[deployment]))

    assert "Fn::ImportValue" not in text
    assert "Fn::GetStackOutput" not in text


def test_exports_that_stacks_of_release_0_1_import_stay() -> None:
    """The exporting stack is updated before the importing one: without them the upgrade would be refused."""
    templates = synthesized(CONFIGS["full"])
    exports = [
        output["Export"]["Name"]
        for stack in ("full-knowledge-base", "full-budget")
        for output in templates[stack]["Outputs"].values()
        if "Export" in output
    ]

    assert exports == [
        "full-knowledge-base:ExportsOutputFnGetAttKnowledgeBaseB1C941BDKnowledgeBaseIdE8D03055",
        "full-budget:ExportsOutputRefBudgetHardStopTopic1AAF9400D0F251AF",
    ]


def test_the_subscription_of_the_hard_stop_keeps_its_logical_id() -> None:
    """A new one would be the same subscription on AWS, which the deletion of the old one removes."""
    (subscription,) = [
        name
        for name, item in resources(
            synthesized(CONFIGS["full"])["full-provisioned-throughput"], "AWS::SNS::Subscription"
        ).items()
        if item["Properties"]["Protocol"] == "lambda"
    ]

    assert subscription == "CapacityFunctionHardStopTopic5E6BC32C"


@pytest.mark.parametrize("key", ["", "Handbooks"])
def test_the_ingestion_starts_after_the_upload_and_before_the_events(key: str) -> None:
    """Deleted the other way round: nothing starts another ingestion while the running one is stopped."""
    template = synthesized(CONFIGS["full"])["full-knowledge-base"]

    def of_it(kind: str) -> dict[str, dict[str, Any]]:
        """Of the knowledge base: `Handbooks` stands in all its logical ids, and in none of the other's."""
        found = resources(template, kind).items()
        own = [name for name, _ in found if ("Handbooks" in name) == bool(key)]
        # What is of other sources has tests of its own: test_sources.py, test_web_and_custom_sources.py
        others = ("Manuals", "Site", "Notes")
        return {name: one for name, one in found if name in own and not any(part in name for part in others)}

    (start,) = of_it("Custom::BedrockIngestionStart").items()
    (upload,) = of_it("Custom::BucketObjects").items()
    (wait,) = of_it("Custom::RolePropagation")
    (base,) = of_it("AWS::Bedrock::KnowledgeBase").values()
    (source,) = of_it("AWS::Bedrock::DataSource")
    functions = [name for name in of_it("AWS::Lambda::Function") if name.startswith("Ingestion")]
    queues = [name for name in of_it("AWS::SQS::Queue") if "DeadLetters" not in name]

    assert {upload[0], *functions, *queues} <= set(start[1]["DependsOn"])
    assert source in upload[1]["DependsOn"]
    assert wait in base["DependsOn"]
    for kind in ("AWS::Lambda::EventSourceMapping", "AWS::Events::Rule"):
        assert all(start[0] in item["DependsOn"] for item in of_it(kind).values())


@pytest.mark.parametrize("config", CONFIGS.values())
def test_an_alarm_that_fills_gaps_looks_at_more_periods_than_it_needs(config: str) -> None:
    """A metric that comes late is filled first: one period of one would never see it.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html (FILL)
    """
    alarms = [
        alarm["Properties"]
        for template in synthesized(config).values()
        for alarm in resources(template, "AWS::CloudWatch::Alarm").values()
        if "FILL(" in json.dumps(alarm["Properties"].get("Metrics", []))
    ]

    assert bool(alarms) == (config == CONFIGS["full"])
    looks = [
        (alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]), alarm["EvaluationPeriods"]) for alarm in alarms
    ]
    assert all(needed < periods for needed, periods in looks), looks


def test_the_budget_says_that_its_addresses_have_to_be_verified() -> None:
    outputs = synthesized("tests/stacks/full.toml")["full-budget"]["Outputs"]

    assert "12 hours" in outputs["ConfirmEmails"]["Value"]
