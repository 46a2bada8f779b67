"""Models and keys by ARN: the right place, a kind that can do the work, and what an ARN does not tell."""

from pathlib import Path

import pytest

from tests.deployment_file import HEAD, file_faults

ACCOUNT = "111122223333"
HERE = f"arn:aws:bedrock:us-east-1:{ACCOUNT}"
APPLICATION_PROFILE = f"{HERE}:application-inference-profile/abcdefghijkl"
ALIAS = '[inference_api.aliases.bot]\nmodel = "{model}"\n'
KNOWLEDGE_BASE = '[knowledge_base]\ndocuments = "examples/support/documents"\nmodel = "amazon.nova-micro-v1:0"\n'
CALLED = {
    "a foundation model": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0",
    "an inference profile": f"{HERE}:inference-profile/us.amazon.nova-micro-v1:0",
    "a provisioned model": f"{HERE}:provisioned-model/abcdefghijkl",
    "an imported model": f"{HERE}:imported-model/abcdefghijkl",
    "a custom model deployment": f"{HERE}:custom-model-deployment/abcdefghijkl",
}


def faults(folder: Path, *sections: str, region: str = "us-east-1", account: str | None = ACCOUNT) -> list[str]:
    return file_faults(folder, HEAD.replace("us-east-1", region) + "\n".join(sections), account=account)


def profile(source: str) -> str:
    return f'[deployment.inference_profiles]\n"{APPLICATION_PROFILE}" = "{source}"\n'


@pytest.mark.parametrize("model", CALLED.values(), ids=CALLED)
def test_an_alias_and_a_knowledge_base_may_name_it_by_arn(tmp_path: Path, model: str) -> None:
    answering = KNOWLEDGE_BASE.replace("amazon.nova-micro-v1:0", model)

    assert faults(tmp_path, ALIAS.format(model=model), answering) == []


@pytest.mark.parametrize("source", ["amazon.nova-micro-v1:0", "us.amazon.nova-lite-v1:0"])
def test_an_application_inference_profile_names_what_it_was_created_from(tmp_path: Path, source: str) -> None:
    assert faults(tmp_path, profile(source), ALIAS.format(model=APPLICATION_PROFILE)) == []


def test_an_application_inference_profile_without_its_model_is_a_fault_with_the_line_to_add(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, ALIAS.format(model=APPLICATION_PROFILE))

    assert fault.startswith("deployment.toml: inference_api.aliases.bot.model: the ARN does not tell which model")
    assert f'add "{APPLICATION_PROFILE}" = "<id of the model' in fault


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("us.amazon.nova-mikro-v1:0", "is not in the model catalog; did you mean"),
        ("eu.amazon.nova-micro-v1:0", "got region us-east-1"),
        ("us.twelvelabs.marengo-embed-3-0-v1:0", "an embedding model that the API has no request for"),
    ],
)
def test_the_model_of_an_application_inference_profile_is_checked_as_any_other(
    tmp_path: Path, source: str, message: str
) -> None:
    (fault,) = faults(tmp_path, profile(source), ALIAS.format(model=APPLICATION_PROFILE))

    assert message in fault


def test_an_application_inference_profile_that_nothing_names_is_a_fault(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, profile("amazon.nova-micro-v1:0"))

    assert "no alias and no knowledge base names this profile; remove the line, or correct the ARN" in fault


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (CALLED["a provisioned model"].replace(ACCOUNT, "444455556666"), f"must be in account {ACCOUNT}, to which you"),
        (
            CALLED["a provisioned model"].replace("us-east-1", "us-west-2"),
            "must be in the deployment's Region us-east-1",
        ),
        (
            CALLED["a provisioned model"].replace("arn:aws:", "arn:aws-us-gov:"),
            "(arn:aws:...:us-east-1:...), got arn:aws-us",
        ),
        (
            f"{HERE}:custom-model/amazon.nova-micro-v1:0:128k/abcdefghijkl",
            "is called through its provisioned throughput",
        ),
    ],
)
def test_a_model_that_the_deployment_cannot_call_is_a_fault(tmp_path: Path, model: str, message: str) -> None:
    (fault,) = faults(tmp_path, ALIAS.format(model=model))

    assert fault.startswith("deployment.toml: inference_api.aliases.bot.model: ")
    assert message in fault


def test_an_account_that_is_not_known_yet_is_not_compared(tmp_path: Path) -> None:
    assert faults(tmp_path, ALIAS.format(model=CALLED["a provisioned model"]), account=None) == []


def test_an_arn_of_a_partition_belongs_to_its_regions(tmp_path: Path) -> None:
    model = "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-lite-v1:0"

    assert faults(tmp_path, ALIAS.format(model=model), region="us-gov-west-1") == []
    (fault,) = faults(tmp_path, ALIAS.format(model=model.replace("-us-gov:bed", ":bed")), region="us-gov-west-1")
    assert "(arn:aws-us-gov:...:us-gov-west-1:...), got arn:aws:" in fault


def test_bedrock_reranks_with_foundation_models(tmp_path: Path) -> None:
    model = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"
    throughput = CALLED["a provisioned model"]

    assert faults(tmp_path, f'{KNOWLEDGE_BASE}rerank_model = "{model}"\n') == []
    (fault,) = faults(tmp_path, f'{KNOWLEDGE_BASE}rerank_model = "{throughput}"\n')
    assert "knowledge_base.rerank_model: Bedrock reranks with a foundation model only" in fault


@pytest.mark.parametrize(
    ("model", "accepted"),
    [
        ("arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0", True),
        (CALLED["a provisioned model"], True),
        (CALLED["an imported model"], False),
        (CALLED["a custom model deployment"], False),
        (f"{HERE}:inference-profile/us.cohere.embed-v4:0", False),
    ],
)
def test_bedrock_embeds_with_foundation_models_and_their_throughput(tmp_path: Path, model: str, accepted: bool) -> None:
    found = faults(tmp_path, f'{KNOWLEDGE_BASE}embedding_model = "{model}"\n')

    refused = [fault for fault in found if "Bedrock embeds with a foundation model or its provisioned" in fault]
    assert bool(refused) != accepted
    assert bool(found) != accepted


@pytest.mark.parametrize(
    ("region", "account", "messages"),
    [
        ("us-east-1", ACCOUNT, 0),
        ("us-east-1", "444455556666", 0),  # its key policy may allow this account
        ("us-west-2", ACCOUNT, 1),
    ],
)
def test_a_key_must_be_in_the_region(tmp_path: Path, region: str, account: str, messages: int) -> None:
    training = (
        f'[training]\nkms_key_arn = "arn:aws:kms:{region}:{account}:key/abc"\n[training.customizations.support]\n'
        'alias = "bot"\nbase_model = "amazon.nova-micro-v1:0:128k"\ndataset = ["examples/support/chat.jsonl"]\n'
    )

    found = faults(tmp_path, training)

    assert len(found) == messages
    assert all("training.kms_key_arn: must be in the deployment's Region us-east-1" in fault for fault in found)


def test_a_guardrails_key_must_be_in_the_region_too(tmp_path: Path) -> None:
    guarded = (
        f'[guardrails.polite]\nprofanity = true\nkms_key_arn = "arn:aws:kms:us-west-2:{ACCOUNT}:key/abc"\n'
        '[inference_api.aliases.bot]\nmodel = "amazon.nova-micro-v1:0"\nguardrail = "polite"\n'
    )

    (fault,) = faults(tmp_path, guarded)

    assert "guardrails.polite.kms_key_arn: must be in the deployment's Region us-east-1" in fault
