"""deployment.toml: every fault at once, with its fix; the shipped file is valid."""

from pathlib import Path

import pytest

from deployment.checks.check_deployment import check_deployment
from deployment.checks.inference_api import cors_warnings
from deployment.config import ConfigError, load_deployment_config
from kit.schema.command import schema_text
from tests.deployment_file import PROJECT, SHIPPED, deployment_file, shipped_config
from tests.deployment_file import file_faults as faults


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"nothing\.toml cannot be read: No such file or directory; name another file"
    ):
        load_deployment_config(tmp_path / "nothing.toml")


def test_text_that_is_not_toml_is_reported_with_its_line(tmp_path: Path) -> None:
    assert "line 2" in faults(tmp_path, "[deployment]\nname = = 1\n")[0]


def test_an_unknown_key_names_the_allowed_ones(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, SHIPPED.replace("[training]\nremoval", "[training]\nremovall"))

    assert fault.startswith("deployment.toml: training.removall is not a setting, got 'retain'")
    assert "removal" in fault.split("allowed names:")[1]


def test_environments_are_among_the_sections_that_are_allowed(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, SHIPPED + "\n[environmets.dev]\n")

    assert ", environments, " in fault.split("allowed names:")[1]


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    text = SHIPPED.replace("burst = 20", "burst = 0").replace('serving = "on-demand"', 'serving = "cheap"')

    found = faults(tmp_path, text)

    assert len(found) == 2
    assert any("inference_api.burst" in fault and "got 0" in fault for fault in found)
    assert any("training.customizations.support.serving" in fault and "'cheap'" in fault for fault in found)


@pytest.mark.parametrize(
    ("limits", "total"),
    [
        ("rate_per_second = 10\nburst = 20", (100, 200)),
        ("rate_per_second = 3000\nburst = 4000", (10_000, 5_000)),
        ("rate_per_second = 10\nburst = 20\ntotal_rate_per_second = 10\ntotal_burst = 20", (10, 20)),
    ],
)
def test_the_limit_of_all_requests_is_ten_times_that_of_a_key(
    tmp_path: Path, limits: str, total: tuple[float, int]
) -> None:
    file = deployment_file(tmp_path, SHIPPED.replace("rate_per_second = 10\nburst = 20", limits))

    section = load_deployment_config(file).inference_api

    assert section
    assert (section.stage_rate, section.stage_burst) == total


@pytest.mark.parametrize("name", ["total_rate_per_second", "total_burst"])
def test_a_limit_of_all_requests_below_that_of_a_key_is_refused(tmp_path: Path, name: str) -> None:
    (fault,) = faults(tmp_path, SHIPPED.replace("burst = 20", f"burst = 20\n{name} = 5"))

    assert f"{name} must be at least {name.removeprefix('total_')}" in fault


@pytest.mark.parametrize(
    "origins",
    ["[]", '["*"]', '["https://app.example.com", "http://localhost:3000", "http://[::1]:8080", "https://a.b:8443"]'],
)
def test_origins_of_web_pages(tmp_path: Path, origins: str) -> None:
    file = deployment_file(tmp_path, SHIPPED.replace("burst = 20", f"burst = 20\ncors_origins = {origins}"))

    config = load_deployment_config(file)

    assert config.inference_api
    assert len(list(cors_warnings(config))) == config.inference_api.cors_origins.count("*")


@pytest.mark.parametrize(
    ("origins", "reason"),
    [
        ('["*", "https://a.example"]', "stands for every origin"),
        ('["https://*.example.com"]', "no wildcards"),
        ('["https://app.example.com/"]', "without a path or a slash"),
        ('["https://app.example.com:443"]', "a port if it is not the default"),
        ('["app.example.com"]', "a scheme, a host"),
        ('["https://App.example.com"]', "lower case"),
        ('["null"]', "a scheme, a host"),
        ('["http://app.example.com"]', "use https"),
        ('["https://a.example", "https://a.example"]', "only once"),
        ('["https://a.example\\n"]', "a scheme, a host"),
    ],
)
def test_an_origin_that_no_browser_sends_or_that_leaks_the_key_is_refused(
    tmp_path: Path, origins: str, reason: str
) -> None:
    (fault,) = faults(tmp_path, SHIPPED.replace("burst = 20", f"burst = 20\ncors_origins = {origins}"))

    assert "inference_api.cors_origins" in fault
    assert reason in fault


@pytest.mark.parametrize(
    "bucket", ["Pictures", "s3://pictures", "pictures/", "pictures/cats", "pictures/*/", "pictures/${x}/", "a", "*", ""]
)
def test_a_media_bucket_is_a_name_or_a_name_and_a_prefix(tmp_path: Path, bucket: str) -> None:
    assert faults(tmp_path, SHIPPED.replace("burst = 20", 'burst = 20\nmedia_buckets = ["a.b-c", "abc/d/e=1/"]')) == []
    (fault,) = faults(tmp_path, SHIPPED.replace("burst = 20", f'burst = 20\nmedia_buckets = ["{bucket}"]'))

    assert 'inference_api.media_buckets.0: must be "bucket" or "bucket/prefix/"' in fault, fault


def test_an_unknown_model_is_named_with_near_matches(tmp_path: Path) -> None:
    of_its_agent, fault = faults(tmp_path, SHIPPED.replace('"amazon.nova-lite-v1:0"', '"amazon.nova-light-v1:0"'))

    assert "agents.support.model" in of_its_agent
    assert "inference_api.aliases.assistant.model" in fault
    assert "amazon.nova-lite-v1:0" in fault


def test_a_base_model_in_the_wrong_region_names_where_it_can_be_customized(tmp_path: Path) -> None:
    found = faults(tmp_path, SHIPPED.replace('region = "us-east-1"', 'region = "eu-west-1"'))

    fault = next(fault for fault in found if "training.customizations.support.base_model" in fault)
    assert "eu-west-1" in fault
    assert "us-east-1" in fault


def test_a_hyperparameter_out_of_range_says_its_range(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, SHIPPED.replace("epochCount = 2", "epochCount = 30"))

    assert "epochCount" in fault
    assert "1 to 5" in fault
    assert "30" in fault


@pytest.mark.parametrize(("length", "refused"), [(14, False), (15, True)])
def test_names_too_long_for_the_custom_model_are_refused(tmp_path: Path, length: int, refused: bool) -> None:
    text = SHIPPED.replace('name = "support-assistant"', f'name = "{"d" * 31}"')
    text = text.replace("training.customizations.support", f"training.customizations.{'c' * length}")

    found = faults(tmp_path, text.replace('alias = "support-bot"', 'alias = "nobody"'))

    assert any(f"must have at most 45 characters together, got {31 + length}" in fault for fault in found) == refused


def test_a_missing_data_file_is_named(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, SHIPPED.replace("support/chat.jsonl", "support/absent.jsonl"))

    assert "absent.jsonl does not exist" in fault


def test_an_alias_that_the_api_does_not_have_is_refused(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, SHIPPED.replace('alias = "support-bot"', 'alias = "supportbot"'))

    assert "'supportbot' is not an alias of the API; allowed: assistant, embeddings, support-bot" in fault


def test_provisioned_serving_without_capacity_is_refused(tmp_path: Path) -> None:
    fault, evaluation, smoke = faults(tmp_path, SHIPPED.replace('serving = "on-demand"', 'serving = "provisioned"'))

    assert "needs a [provisioned_throughput.*] section" in fault
    assert "evaluation: not with serving = 'provisioned'" in evaluation
    assert "promotion.smoke_prompts: not with serving = 'provisioned'" in smoke


def test_the_shipped_file_is_valid() -> None:
    config = shipped_config()

    check_deployment(config)

    assert all(path.is_file() for path in config.customizations["support"].dataset_files)


def test_the_schema_for_editors_is_the_current_one() -> None:
    assert (PROJECT / "docs" / "deployment.schema.json").read_text(encoding="utf-8") == schema_text()


ALIAS = '[inference_api.aliases.assistant]\nmodel = "amazon.nova-lite-v1:0"\n'


@pytest.mark.parametrize(
    ("order", "hint"),
    [
        ('["base", "base"]', "each target may be named only once"),
        ("[]", "at least 1 item"),
        ('["cheapest"]', "'provisioned', 'on-demand' or 'base'"),
        ('["provisioned", "on-demand"]', "got provisioned, on-demand; allowed: base"),
    ],
)
def test_an_order_that_cannot_serve_an_alias_is_refused(tmp_path: Path, order: str, hint: str) -> None:
    assert ALIAS in SHIPPED

    (fault,) = faults(tmp_path, SHIPPED.replace(ALIAS, f"{ALIAS}order = {order}\n"))

    assert "inference_api.aliases.assistant.order" in fault
    assert hint in fault


def test_an_order_of_the_custom_model_alone_is_accepted(tmp_path: Path) -> None:
    bot = "[inference_api.aliases.support-bot]\n"

    assert faults(tmp_path, SHIPPED.replace(bot, f'{bot}order = ["on-demand"]\n')) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            'name = "A b"\nregion = "us-east-1"',
            "deployment.name: must be 2 to 31 lowercase letters, digits and single",
        ),
        (
            'name = "sup"\nregion = "Virginia"',
            "deployment.region: must be an AWS Region such as us-east-1, got",
        ),
        (
            'name = "sup"\nregion = "us-east-1"\n[inference_api.aliases.x]\nmodel = "amazon.m"',
            "inference_api.aliases.x: must be 2 to 31 lowercase letters, digits and single hyphens",
        ),
    ],
)
def test_a_pattern_is_described_in_words(tmp_path: Path, text: str, fault: str) -> None:
    (found,) = faults(tmp_path, f"[deployment]\n{text}\n")

    assert found.startswith(f"deployment.toml: {fault}")
