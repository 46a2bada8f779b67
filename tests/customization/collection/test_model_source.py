"""The reader of model sources: one object for the same files, and the reasons why a model is not imported."""

import json
import re
from typing import Any

import pytest

from customization.collection.model_source import SourceReader
from customization.collection.source_objects import CollectionError
from kit_contract.model_source import ModelSource
from model_catalog.import_architectures import servable, without_converse
from tests.customization.aws import BUCKET
from tests.customization.buckets import ACCOUNT, OTHER_ACCOUNT, Buckets
from tests.local_aws.model_folder import model_files, safetensors

URI = "s3://open-models/llama/"


@pytest.fixture
def buckets() -> Buckets:
    found = Buckets()
    for name, content in model_files().items():
        found.put(f"{URI}{name}", content)
    found.put(f"{URI}README.md", b"about")
    found.put(f"{URI}original/consolidated.00.pth", b"of another format")
    return found


def read(buckets: Buckets, **changes: Any) -> Any:
    given = {"customization": "open", "bucket": BUCKET, "s3_uri": URI, "architectures": servable()}
    source = ModelSource(**{**given, "without_converse": tuple(without_converse()), **changes})
    # As it reaches the function.
    asked = ModelSource.from_json(json.loads(json.dumps(source.to_json())))
    return SourceReader(asked, s3=buckets.client, account=ACCOUNT).read()


def test_the_files_are_named_in_one_object_that_starts_the_run(buckets: Buckets) -> None:
    answer = read(buckets)

    (key,), (content,) = buckets.own("data/"), buckets.own("data/").values()
    assert (answer["key"], answer["files"], answer["architecture"]) == (key, 4, "LlamaForCausalLM")
    assert re.fullmatch(r"data/open/[0-9a-f]{16}\.jsonl", key)
    source = json.loads(content)["source"]
    assert source["ModelDataSource"] == {"S3DataSource": {"S3Uri": URI}}
    assert sorted(source["Files"]) == ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]


def test_the_same_files_are_the_same_object_and_others_another_one(buckets: Buckets) -> None:
    first, again = read(buckets), read(buckets)
    buckets.put(f"{URI}README.md", b"more about")
    noted = read(buckets)
    buckets.put(f"{URI}model.safetensors", safetensors(size=8))

    assert again == noted == {**first, "stored": False}
    assert read(buckets)["key"] != first["key"]
    assert len(buckets.puts()) == 2


def test_another_section_with_the_same_files_has_the_same_content(buckets: Buckets) -> None:
    read(buckets), read(buckets, customization="renamed")

    assert len(set(buckets.own("data/").values())) == 1


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (model_files(config=None), "has no config.json"),
        (model_files(weights=None), "has no *.safetensors"),
        (model_files(tokenizer=None), "has no tokenizer.json or tokenizer.model"),
        (model_files("BertModel"), "must name one of GPTBigCodeForCausalLM"),
        (model_files("Qwen3ForCausalLM"), "its Converse takes no such model"),
        (model_files(config=b"[]"), "config.json is not a JSON object"),
        (
            model_files(config=b'{"architectures": ["LlamaForCausalLM"], "quantization_config": {}}'),
            "no quantized weights",
        ),
    ],
)
def test_what_bedrock_would_refuse_is_told_before(files: dict[str, bytes], message: str) -> None:
    buckets = Buckets()
    for name, content in files.items():
        buckets.put(f"{URI}{name}", content)

    with pytest.raises(CollectionError, match=re.escape(message)):
        read(buckets)
    assert buckets.own("data/") == {}


def test_weights_that_are_too_large_are_told_before(buckets: Buckets) -> None:
    with pytest.raises(CollectionError, match="must be smaller than 10 bytes"):
        read(buckets, architectures={"LlamaForCausalLM": 10})


def test_a_bucket_of_another_account_has_to_be_named(buckets: Buckets) -> None:
    buckets.owners["open-models"] = OTHER_ACCOUNT

    with pytest.raises(CollectionError, match="bucket_owner"):
        read(buckets)
    assert read(buckets, owner=OTHER_ACCOUNT)["files"] == 4
