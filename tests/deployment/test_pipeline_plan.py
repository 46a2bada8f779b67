"""What a pipeline deploys, in which order, and the files that have no pipeline."""

from pathlib import Path

import pytest

from deployment.config import ConfigError
from deployment.pipeline_plan import check_pipeline_account, load_pipeline_plan
from tests.synthesized import PROJECT

FILE = PROJECT / "tests/stacks/pipeline.toml"
TEXT = FILE.read_text(encoding="utf-8")


def refused(folder: Path, old: str, new: str) -> str:
    assert old in TEXT
    file = folder / "deployment.toml"
    file.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load_pipeline_plan(file)
    return str(error.value)


def test_environments_come_in_the_order_of_the_pipeline_with_their_own_places() -> None:
    plan = load_pipeline_plan(FILE)

    assert plan.name == "shop"
    assert [(one.environment, one.deployment, one.account, one.region, one.approval) for one in plan.stages] == [
        ("dev", "shop-dev", "222233334444", "us-east-1", False),
        ("prod", "shop-prod", "333344445555", "us-west-2", True),
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            'environments = ["dev", "prod"]',
            'environments = ["dev", "prod", "qa"]',
            "qa must be one of [environments.*] (dev, prod)",
        ),
        ('account = "222233334444"\n', "", "environments.dev.account is missing"),
        ('environments = ["dev", "prod"]', 'environments = ["dev"]', "stages.prod is not one of environments (dev)"),
        ('environments = ["dev", "prod"]', 'environments = ["dev", "dev"]', "each environment once"),
        (
            'region = "us-west-2"',
            'region = "us-west-2"\npipeline.codepipeline.branch = "release"',
            "must be the same for all environments",
        ),
        ("connection/0f0f0f0f-", "host/0f0f0f0f-", "connection_arn: must be the ARN of a connection"),
        ('"retrain", "reingest", "delete"', '"everything"', "accept"),
    ],
)
def test_a_fault_says_where_it_is(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert fault in refused(tmp_path, old, new)


def test_a_file_without_environments_has_nothing_to_deploy(tmp_path: Path) -> None:
    file = tmp_path / "deployment.toml"
    file.write_text('[deployment]\nname = "shop"\nregion = "us-east-1"\n', encoding="utf-8")

    with pytest.raises(ConfigError, match="the file has no environments for the pipeline to deploy"):
        load_pipeline_plan(file)


def test_credentials_of_another_account_deploy_no_pipeline() -> None:
    plan = load_pipeline_plan(FILE)
    check_pipeline_account(plan, "111122223333", FILE.name)
    check_pipeline_account(plan, None, FILE.name)

    with pytest.raises(ConfigError, match="got credentials of 222233334444"):
        check_pipeline_account(plan, "222233334444", FILE.name)
