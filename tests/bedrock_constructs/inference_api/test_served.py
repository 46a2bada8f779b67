"""What the API serves in an app that knows ids of models and its own knowledge bases."""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from bedrock_constructs.inference_api.api import InferenceApi
from bedrock_constructs.inference_api.served import model_target, served_alias, served_knowledge_bases
from kit_contract.environment import PARTITION
from kit_contract.inference_api_names import ALIASES_FILE

HERE = cdk.Environment(account="111122223333", region="us-east-1")
NOVA = "amazon.nova-lite-v1:0"


@dataclass(frozen=True)
class Searched:
    knowledge_base_id: str = "ABCDEFGHIJ"
    store: str = "RDS"


def a_stack(environment: cdk.Environment | None = HERE) -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Shop", env=environment)


def test_a_model_is_its_id_and_what_a_policy_allows() -> None:
    target = model_target(a_stack(), NOVA)

    (arn,) = target.invoke_arns
    assert target.model == NOVA
    assert arn.endswith(f":bedrock:us-east-1::foundation-model/{NOVA}")


def test_an_alias_that_is_trained_is_served_by_its_model_until_there_is_another() -> None:
    stack = a_stack()

    assert served_alias(stack, NOVA, trained=True).order == ("provisioned", "on-demand", "base")
    assert served_alias(stack, "amazon.titan-embed-text-v2:0").embedding == "amazon.titan-embed-text-v2:0"


def test_a_knowledge_base_of_the_app_needs_a_model_that_answers() -> None:
    stack = a_stack()
    found = served_knowledge_bases(stack, {"docs": Searched()}, NOVA)["docs"]

    assert (found.id, found.model.model, found.store) == ("ABCDEFGHIJ", NOVA, "RDS")
    with pytest.raises(ValueError, match=r"knowledge_bases\.docs needs a model that answers"):
        served_knowledge_bases(stack, {"docs": Searched()}, None)


@pytest.mark.parametrize("environment", [HERE, None], ids=["known", "at the deploy"])
def test_a_stack_of_any_region_has_no_token_in_a_file(environment: cdk.Environment | None, tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path))
    stack = cdk.Stack(app, "Shop", env=environment)
    InferenceApi(stack, "Api", aliases={"assistant": f"us.{NOVA}"})
    app.synth()

    arn = json.loads(aliases_in(tmp_path))["assistant"]["arn"]
    function = next(
        item["Properties"]["Environment"]["Variables"]
        for item in template(tmp_path)["Resources"].values()
        if "KNOWLEDGE_BASES" in item.get("Properties", {}).get("Environment", {}).get("Variables", {})
    )
    assert ":{account}:inference-profile/us." in arn
    assert "Token" not in arn
    assert (":{region}:" in arn) == (environment is None)
    assert ("{partition}" in arn) == (PARTITION in function)


def template(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "Shop.template.json").read_text(encoding="utf-8"))
    return found


def aliases_in(folder: Path) -> bytes:
    for path in folder.glob("asset.*.zip"):
        with zipfile.ZipFile(path) as archive:
            if ALIASES_FILE in archive.namelist():
                return archive.read(ALIASES_FILE)
    raise AssertionError("no function has the aliases")
