"""What the catalog refuses and what it advises; then what it offers."""

import pytest

from model_catalog import catalog

MICRO = "amazon.nova-micro-v1:0"
MICRO_TRAINED = "amazon.nova-micro-v1:0:128k"
LLAMA_8B = "meta.llama3-1-8b-instruct-v1:0:128k"
LLAMA_70B = "meta.llama3-3-70b-instruct-v1:0:128k"
HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0"


def test_an_unknown_model_is_refused_with_near_matches() -> None:
    with pytest.raises(
        catalog.UnknownModelError, match=r"'amazon\.nova-mikro-v1:0' is not .*did you mean amazon\.nova-micro"
    ):
        catalog.find("amazon.nova-mikro-v1:0")


def test_a_model_like_no_other_is_refused_with_the_command_that_lists_all() -> None:
    with pytest.raises(
        catalog.UnknownModelError, match=r"'zzz' is not in the model catalog; list them with: kit models$"
    ):
        catalog.find("zzz")


@pytest.mark.parametrize(
    ("identifier", "message"),
    [
        ("amazon.nova-premier-v1:0", "reached end of life on 2026-09-14; use amazon.nova-2-lite-v1:0"),
        ("us.amazon.nova-premier-v1:0", "reached end of life on 2026-09-14"),
        (
            "anthropic.claude-3-haiku-20240307-v1:0:200k",
            "reached end of life on 2026-09-10; use anthropic.claude-haiku-4-5",
        ),
        ("amazon.nova-canvas-v1:0", "reached end of life on 2026-09-30; choose another model"),
        ("amazon.titan-text-express-v1", "is no longer offered by Bedrock; use amazon.nova-micro-v1:0"),
        ("meta.llama3-2-1b-instruct-v1:0:128k", "reached end of life on 2026-07-07; use meta.llama3-1-8b"),
    ],
)
def test_a_retired_model_is_refused_with_its_date_and_successor(identifier: str, message: str) -> None:
    with pytest.raises(catalog.CatalogError) as caught:
        catalog.find(identifier)

    assert message in str(caught.value)


def test_customizing_in_another_region_names_the_allowed_ones_and_what_can_be_done_there() -> None:
    with pytest.raises(catalog.CatalogError) as caught:
        catalog.customizable(MICRO_TRAINED, "us-west-2")

    assert f"{MICRO_TRAINED} can be customized in us-east-1, got region us-west-2" in str(caught.value)
    assert "there: amazon.titan-embed-image-v1:0" in str(caught.value)  # Llama is Legacy: no new jobs


def test_customizing_in_a_region_without_any_base_model_says_so_plainly() -> None:
    with pytest.raises(catalog.CatalogError, match=r"got region eu-west-1; change the region$"):
        catalog.customizable(MICRO_TRAINED, "eu-west-1")


def test_the_inference_id_cannot_be_trained() -> None:
    with pytest.raises(catalog.CatalogError, match=f"must be the customization id {MICRO_TRAINED}, got {MICRO}$"):
        catalog.customizable(MICRO, "us-east-1")


def test_a_model_that_cannot_be_fine_tuned_names_those_that_can_in_a_fixed_order() -> None:
    with pytest.raises(catalog.CatalogError) as caught:
        catalog.customizable(HAIKU, "us-east-1")

    able = str(caught.value).split("use one of ", 1)[1].split(", ")
    assert able == sorted(set(able))
    assert MICRO_TRAINED in able
    assert "amazon.titan-embed-image-v1:0" in able


def test_continued_pre_training_has_no_base_model_left() -> None:
    with pytest.raises(catalog.CatalogError, match="no base model takes CONTINUED_PRE_TRAINING today"):
        catalog.customizable(MICRO_TRAINED, "us-east-1", "CONTINUED_PRE_TRAINING")


@pytest.mark.parametrize(
    ("inference_id", "region", "message"),
    [
        (MICRO, "us-west-2", f"use a profile: us.{MICRO}"),
        ("amazon.nova-2-lite-v1:0", "us-east-1", "allowed in no region"),
        (HAIKU, "us-east-1", f"use a profile: global.{HAIKU}, us.{HAIKU}"),
        (HAIKU, "cn-north-1", "it is offered in af-south-1, "),
        (MICRO_TRAINED, "us-east-1", f"is for training or provisioned throughput; invoke {MICRO}"),
        ("anthropic.claude-3-haiku-20240307-v1:0", "us-east-1", "reached end of life on 2026-09-10"),
        ("deepseek.v3.1", "us-east-1", "is offered at the bedrock-mantle endpoint only"),
        (f"us.{MICRO}", "eu-west-1", "is offered in us-east-1, us-east-2, us-west-2, got region eu-west-1"),
        (
            f"jp.{MICRO}",
            "us-east-1",
            f"is not a known profile; profiles of Nova Micro: apac.{MICRO}, eu.{MICRO}, us.{MICRO}",
        ),
        (f"us.{MICRO_TRAINED}", "us-east-1", "is for training or provisioned throughput"),
    ],
)
def test_an_id_that_cannot_be_invoked_there_is_refused(inference_id: str, region: str, message: str) -> None:
    with pytest.raises(catalog.CatalogError) as caught:
        catalog.invocable(inference_id, region)

    assert message in str(caught.value)


def test_a_profile_that_is_not_listed_may_run_anywhere() -> None:
    assert catalog.invoke_arns("eu.example.new-model", "eu-west-1", "111122223333", partition="aws") == [
        "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.example.new-model",
        "arn:aws:bedrock:*::foundation-model/example.new-model",
        "arn:aws:bedrock:::foundation-model/example.new-model",
    ]


@pytest.mark.parametrize(
    ("identifier", "region", "message"),
    [
        (MICRO, "us-east-1", "provisioned throughput takes amazon.nova-micro-v1:0:128k (us-east-1)"),
        (MICRO_TRAINED, "us-west-2", "is not offered as provisioned throughput in us-west-2"),
        (HAIKU, "us-east-1", "is not offered as provisioned throughput; kit models --serve provisioned"),
    ],
)
def test_an_id_that_cannot_be_provisioned_there_is_refused(identifier: str, region: str, message: str) -> None:
    with pytest.raises(catalog.CatalogError) as caught:
        catalog.provisionable(identifier, region)

    assert message in str(caught.value)


def test_a_foundation_model_is_provisioned_by_an_id_with_its_context() -> None:
    assert catalog.provisionable("amazon.nova-pro-v1:0:24k", "eu-west-2").name == "Nova Pro"


def test_distillation_names_its_teachers() -> None:
    assert catalog.customizable(MICRO_TRAINED, "us-east-1", "DISTILLATION").teachers == ("amazon.nova-pro-v1:0",)


@pytest.mark.parametrize(
    ("inference_id", "region"),
    [
        (MICRO, "us-east-1"),
        ("amazon.nova-lite-v1:0", "us-west-2"),
        (f"us.{MICRO}", "us-west-2"),
        ("global.amazon.nova-2-lite-v1:0", "eu-central-1"),
        ("amazon.titan-embed-text-v2:0", "us-west-2"),
    ],
)
def test_an_id_that_can_be_invoked_gives_its_model(inference_id: str, region: str) -> None:
    assert catalog.invocable(inference_id, region).inference_id == inference_id.removeprefix("us.").removeprefix(
        "global."
    )


def test_a_model_needs_its_own_arn_only() -> None:
    assert catalog.invoke_arns(MICRO, "us-east-1", "111122223333", partition="aws") == [
        f"arn:aws:bedrock:us-east-1::foundation-model/{MICRO}"
    ]


def test_a_profile_needs_its_arn_and_the_model_in_every_destination() -> None:
    assert catalog.invoke_arns(f"us.{MICRO}", "us-west-2", "111122223333", partition="aws") == [
        f"arn:aws:bedrock:us-west-2:111122223333:inference-profile/us.{MICRO}",
        f"arn:aws:bedrock:us-east-1::foundation-model/{MICRO}",
        f"arn:aws:bedrock:us-east-2::foundation-model/{MICRO}",
        f"arn:aws:bedrock:us-west-2::foundation-model/{MICRO}",
    ]


def test_a_global_profile_needs_the_arn_without_a_region_too() -> None:
    arns = catalog.invoke_arns(f"global.{HAIKU}", "eu-west-1", "111122223333", partition="aws")

    assert f"arn:aws:bedrock:::foundation-model/{HAIKU}" in arns
    assert f"arn:aws:bedrock:eu-west-1:111122223333:inference-profile/global.{HAIKU}" in arns


@pytest.mark.parametrize(
    ("identifier", "region", "record_format", "limits"),
    [
        (MICRO_TRAINED, "us-east-1", "converse", (8, 20_000)),
        ("amazon.nova-lite-v1:0:300k", "us-east-1", "converse", (8, 20_000)),
        ("amazon.nova-pro-v1:0:300k", "us-east-1", "converse", (8, 20_000)),
        ("amazon.nova-2-lite-v1:0:256k", "us-east-1", "converse", (8, 20_000)),
        (LLAMA_8B, "us-west-2", "prompt-completion", (100, 10_000)),
        ("meta.llama3-1-70b-instruct-v1:0:128k", "us-west-2", "prompt-completion", (100, 10_000)),
        (LLAMA_70B, "us-west-2", "converse", (100, 10_000)),
    ],
)
def test_a_base_model_has_its_format_and_limits(
    identifier: str, region: str, record_format: str, limits: tuple[int, int]
) -> None:
    customization = catalog.customizable(identifier, region)

    assert customization.record_format == record_format
    assert (customization.min_records, customization.max_records) == limits


@pytest.mark.parametrize(
    ("identifier", "on_demand", "provisioned"),
    [(MICRO_TRAINED, True, True), (LLAMA_70B, True, False), (LLAMA_8B, False, True)],
)
def test_how_a_custom_model_can_be_served(identifier: str, on_demand: bool, provisioned: bool) -> None:
    serving = catalog.find(identifier).serving

    assert (serving.on_demand, serving.provisioned) == (on_demand, provisioned)
