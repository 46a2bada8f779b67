"""What the training stack asks of the collector is what the collector reads."""

import json
from typing import Any

from kit_contract.dataset_collection import DatasetCollection
from tests.synthesized import synthesized

CONFIG = "tests/iam/deployment.toml"


def _start(customization: str) -> dict[str, Any]:
    template = synthesized(CONFIG)["iam-training"]
    (properties,) = [
        item["Properties"]
        for item in template["Resources"].values()
        if item["Type"] == "Custom::BedrockCustomizationStart" and item["Properties"]["Customization"] == customization
    ]
    return dict(properties)


def test_a_dataset_in_s3_reaches_the_collector_with_the_buckets_name() -> None:
    text = _start("pictures")["Collection"]["Fn::Join"][1]
    asked = json.loads("".join(part if isinstance(part, str) else "the-bucket" for part in text))

    collection = DatasetCollection.from_json(asked)
    assert collection.bucket == "the-bucket"
    assert collection.dataset == ("s3://their-data/train/", "s3://their-data/more.jsonl")
    assert collection.media == ("s3://their-data/images/",)
    assert collection.owner == "444455556666"
    assert collection.limits.image_formats
    assert "DataKey" not in _start("pictures")


def test_a_local_dataset_without_media_needs_no_collector() -> None:
    assert _start("support")["DataKey"].startswith("data/support/")
    assert not {"CollectorFunctionName", "Collection"} & _start("support").keys()
