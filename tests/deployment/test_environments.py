"""[environments.*]: what each gets, names that never collide, and faults with the place that says them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deployment.checks.account import check_account
from deployment.config import ConfigError, DeploymentConfig, environments_in, load_deployment_config
from deployment.datasets import prepare_datasets
from kit.__main__ import main
from kit.deploy.history import History, Place
from tests.deployment_file import PROJECT, SHIPPED, config_faults, deployment_file

DEV, PROD = "111122223333", "444455556666"
STAGES = f"""
[environments.dev]
account = "{DEV}"
without = ["knowledge_base", "agents", "training.customizations.support.evaluation"]

[environments.prod]
account = "{PROD}"
region = "us-west-2"
training.customizations.support.hyperparameters = {{ epochCount = 3 }}
inference_api.burst = 40

[environments.prod.budget]
monthly_usd = 500
emails = ["ops@example.com"]
"""


def load(folder: Path, more: str, environment: str | None, text: str = SHIPPED) -> DeploymentConfig:
    return load_deployment_config(deployment_file(folder, text + more), environment)


def faults(folder: Path, more: str, environment: str | None = "prod") -> list[str]:
    try:
        config = load(folder, more, environment)
    except ConfigError as error:
        return error.faults
    return config_faults(config)


def test_each_environment_has_its_place_its_name_and_only_what_differs(tmp_path: Path) -> None:
    dev, prod = load(tmp_path, STAGES, "dev"), load(tmp_path, STAGES, "prod")

    assert [item.deployment.name for item in (dev, prod)] == ["support-assistant-dev", "support-assistant-prod"]
    assert [item.deployment.account for item in (dev, prod)] == [DEV, PROD]
    assert [item.deployment.region for item in (dev, prod)] == ["us-east-1", "us-west-2"]
    assert [item.environment for item in (dev, prod)] == ["dev", "prod"]
    assert [item.customizations["support"].hyperparameters["epochCount"] for item in (dev, prod)] == [2, 3]
    assert [item.budget is None for item in (dev, prod)] == [True, False]
    assert [item.knowledge_base is None for item in (dev, prod)] == [True, False]
    assert dev.customizations["support"].evaluation is None
    assert prod.customizations["support"].dataset == load(tmp_path, "", None).customizations["support"].dataset
    assert prod.inference_api
    assert (prod.inference_api.burst, prod.inference_api.rate_per_second) == (40, 10)


def test_one_must_be_chosen_and_an_unknown_one_names_the_others(tmp_path: Path) -> None:
    assert faults(tmp_path, STAGES, None) == [
        "deployment.toml: choose one of its environments: dev or prod (kit: --environment NAME, "
        "cdk: -c environment=NAME)"
    ]
    assert faults(tmp_path, STAGES, "qa") == ["deployment.toml: environment must be dev or prod, got 'qa'"]
    assert faults(tmp_path, "", "qa") == [
        "deployment.toml: environment must be absent: the file has no [environments.*], got 'qa'"
    ]
    assert environments_in(tmp_path / "deployment.toml") == []


@pytest.mark.parametrize(
    ("overlay", "start"),
    [
        ("inference_api.bursts = 4", "environments.prod.inference_api.bursts is not a setting"),
        ("training = 4", "environments.prod.training: "),
        ('training.customizations.support.hyperparameters.epochCount = "x"', "environments.prod.training.custom"),
        ("training.customizations.support.serving = 'cheap'", "environments.prod.training.customizations.support.ser"),
        (
            "training.customizations.other.alias = 'a-b'",
            "environments.prod.training.customizations.other.base_model is",
        ),
        ("regions = 'us-east-1'", "environments.prod.regions is not a setting"),
        ("region = 'Oregon'", "environments.prod.region: must be an AWS Region"),
        ("account = 4", "environments.prod.account: must be the 12 digits"),
        ("deployment.account = '111122223333'", "environments.prod.deployment.account is not a setting; write env"),
        ("deployment.name = 'A'", "environments.prod.deployment.name: must be 2 to 31"),
        ("without = 'budget'", "environments.prod.without: must be a list"),
        ("without = ['budgets']", "environments.prod.without: the file has no 'budgets' to leave out"),
        ("environments.x = 1", "environments.prod.environments is not a setting"),
        # One of the checks that compare with the catalog.
        ("knowledge_base.model = 'amazon.nova-micro-v2:0'", "environments.prod.knowledge_base.model"),
        ("inference_api.rate_per_second = 0", "environments.prod.inference_api.rate_per_second"),
    ],
)
def test_a_fault_names_the_environment_that_says_it(tmp_path: Path, overlay: str, start: str) -> None:
    found = faults(tmp_path, f"\n[environments.prod]\n{overlay}\n")

    assert found
    assert found[0].startswith(f"deployment.toml: {start}"), found


def test_a_fault_of_the_file_itself_keeps_its_place(tmp_path: Path) -> None:
    fault, *_ = faults(tmp_path, "\n[guardrails.words]\nx = 1\n\n[environments.prod]\nregion = 'us-east-1'\n")

    assert fault.startswith("deployment.toml: guardrails.words.x is not a setting")


@pytest.mark.parametrize(
    ("overlay", "fault"),
    [
        ("region = 'ap-northeast-3'", "training.customizations.support.base_model"),
        ("without = ['training.customizations.support.base_model']", "training.customizations.support.base_model is"),
        ("without = ['training.customizations.support.dataset']", "training.customizations.support"),
    ],
)
def test_what_is_wrong_in_an_environment_only_names_it_where_the_file_says_the_setting(
    tmp_path: Path, overlay: str, fault: str
) -> None:
    assert not faults(tmp_path, "", None)

    found = faults(tmp_path, f"\n[environments.prod]\n{overlay}\n")

    assert any(one.startswith(f"deployment.toml: {fault}") for one in found), found
    assert all(one.endswith(" (environment prod)") for one in found)


def test_a_record_that_an_environment_makes_wrong_names_it(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("{\n")
    dataset = f"\n[environments.prod]\ntraining.customizations.support.dataset = '{tmp_path / 'bad.jsonl'}'\n"

    with pytest.raises(ConfigError) as raised:
        prepare_datasets(load(tmp_path, dataset, "prod"))

    assert all("environments.prod.training.customizations.support" in line for line in raised.value.faults), (
        raised.value.faults
    )


@pytest.mark.parametrize(
    ("accounts", "collides"), [((DEV, DEV), True), ((DEV, None), True), ((None, None), True), ((DEV, PROD), False)]
)
def test_two_environments_of_one_name_need_an_account_each(
    tmp_path: Path, accounts: tuple[str | None, str | None], collides: bool
) -> None:
    tables = [
        f'[environments.{name}]\n{f"account = {json.dumps(account)}" if account else ""}\ndeployment.name = "same"\n'
        for name, account in zip(("dev", "prod"), accounts, strict=True)
    ]

    found = faults(tmp_path, "\n" + "\n".join(tables), "dev")

    assert bool(found) is collides
    assert all("environments.prod: its deployment would be called same as that of dev" in fault for fault in found)


def test_the_account_of_another_environment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=rf"environments\.prod\.account is {PROD}, but your credentials are for"):
        check_account(load(tmp_path, STAGES, "prod"), DEV)


def test_stacks_of_another_environment_are_not_those_that_left_the_file(tmp_path: Path) -> None:
    record, file = tmp_path / "deployed.json", tmp_path / "deployment.toml"
    dev, prod = Place(DEV, "us-east-1", "sup-dev"), Place(DEV, "us-east-1", "sup-prod")

    History(record, file, "dev").add(dev)
    History(record, file, "prod").add(prod)

    assert History(record, file, "prod").earlier(prod) == []
    assert History(record, file, "dev").earlier(dev) == []
    assert History(record, file).known is False


def test_the_app_has_the_stacks_of_the_chosen_environment_only(tmp_path: Path) -> None:
    text = '[deployment]\nname = "sup"\nregion = "us-east-1"\n\n[budget]\nmonthly_usd = 9\nemails = ["a@example.com"]\n'
    file = deployment_file(tmp_path, text + '\n[environments.dev]\n\n[environments.prod]\nregion = "us-west-2"\n')
    context = json.dumps({"config": str(file), "environment": "prod"})
    environment = {**os.environ, "CDK_CONTEXT_JSON": context, "CDK_OUTDIR": str(tmp_path / "out")}

    subprocess.run([sys.executable, "app.py"], cwd=PROJECT, env=environment, capture_output=True, check=True)

    artifacts = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    stacks = {key: item["environment"] for key, item in artifacts.items() if item["type"].endswith(":stack")}
    assert {key: place.rpartition("/")[2] for key, place in stacks.items()} == {"sup-prod-budget": "us-west-2"}


def test_kit_cost_has_a_column_for_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(deployment_file(tmp_path, SHIPPED + STAGES.replace("us-west-2", "us-east-1")))

    assert main(["cost", "--config", file]) == 0
    assert capsys.readouterr().out.split()[:5] == ["US", "DOLLARS", "dev", "prod", "Region"]
    assert main(["cost", "--config", file, "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)["environments"]) == ["dev", "prod"]
    assert main(["cost", "--config", file, "--environment", "dev"]) == 0
    assert capsys.readouterr().out.startswith("support-assistant-dev in us-east-1")


def test_a_command_without_the_environment_lists_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(deployment_file(tmp_path, SHIPPED + STAGES))

    assert main(["keys", "--config", file, "list"]) == 1
    assert "choose one of its environments: dev or prod" in capsys.readouterr().err


def test_editors_know_the_sections_of_an_environment_and_require_none_of_their_settings() -> None:
    schema = json.loads((PROJECT / "docs" / "deployment.schema.json").read_text(encoding="utf-8"))
    environment, definitions = schema["$defs"]["Environment"], schema["$defs"]

    assert set(environment["properties"]) - {"account", "region", "without"} == set(schema["properties"]) - {
        "environments"
    }
    assert [name for name in definitions if name.startswith("Changed") and "required" in definitions[name]] == []
    assert definitions["Customization"]["required"]
    reached = json.dumps([environment, *(item for name, item in definitions.items() if name.startswith("Changed"))])
    required = {name for name, item in definitions.items() if "required" in item}
    assert [name for name in required if f'"$ref": "#/$defs/{name}"' in reached] == []
