"""Where a dataset is: local or in S3, with images and videos beside it, and what of that is refused."""

import datetime
import json
from pathlib import Path

import pytest

from deployment import prepared_sets
from deployment.checks.check_deployment import check_deployment
from deployment.config import ConfigError, DeploymentConfig, load_deployment_config
from deployment.costs.training import training_groups
from deployment.datasets import prepare_datasets
from deployment.parent_runs import parent_of
from kit_contract.dataset_collection import DatasetCollection

PNG = b"\x89PNG\r\n\x1a\n"
LITE = "amazon.nova-lite-v1:0:300k"
TODAY = datetime.date(2026, 11, 27)


@pytest.fixture(autouse=True)
def _prepared_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_sets, "PREPARED", tmp_path / "prepared")


def loaded(folder: Path, *settings: str) -> DeploymentConfig:
    head = '[deployment]\nname = "sup"\nregion = "us-east-1"\n[training.customizations.support]\nalias = "bot"\n'
    (folder / "deployment.toml").write_text("\n".join([f'{head}base_model = "{LITE}"', *settings]), encoding="utf-8")
    return load_deployment_config(folder / "deployment.toml")


def seen(place: str, number: int, kind: str = "image") -> str:
    source = {"s3Location": {"uri": place}} if place.startswith("s3:") else {"path": place}
    turns = [
        {"role": "user", "content": [{kind: {"source": source}}, {"text": f"What is it, in {number}?"}]},
        {"role": "assistant", "content": [{"text": "A tank."}]},
    ]
    return json.dumps({"schemaVersion": "bedrock-conversation-2024", "messages": turns}) + "\n"


def test_a_dataset_in_s3_is_left_to_the_deploy(tmp_path: Path) -> None:
    reading = ["header = false", 'columns = { prompt = "1", response = "2" }', 'use = ["chosen"]']
    more = ['dataset_bucket_owner = "444455556666"', 'media = ["s3://theirs/images/"]', *reading]
    config = loaded(tmp_path, 'dataset = ["s3://theirs/train/", "s3://theirs/more.csv"]', *more)

    dataset = prepare_datasets(config)["support"]

    assert dataset.collection
    assert DatasetCollection.from_json(json.loads(json.dumps(dataset.collection.to_json()))) == dataset.collection
    assert dataset.collection.dataset == ("s3://theirs/train/", "s3://theirs/more.csv")
    assert dataset.collection.owner == "444455556666"
    assert dataset.collection.reading == {
        "columns": {"prompt": "1", "response": "2"},
        "header": False,
        "uses": ["chosen"],
    }
    (group,) = training_groups(config, {"support": dataset})
    assert group.at_least
    other = prepare_datasets(loaded(tmp_path, 'dataset = ["s3://theirs/train/"]'))["support"]
    assert other.specification_hash != dataset.specification_hash


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        (['dataset = ["t.jsonl", "s3://theirs/t.jsonl"]'], "must be all local or all in S3, got "),
        (['dataset = ["t.jsonl"]', 'validation_dataset = ["s3://b-c/v.jsonl"]'], "must be all local or all in S3"),
        (['dataset = ["s3://theirs"]'], r"dataset: must be s3://bucket/key or s3://bucket/prefix/, got 's3://theirs'"),
        (['dataset = ["s3://theirs/a*/"]'], r"got 's3://theirs/a\*'"),
        (
            ['dataset = ["t.jsonl"]', 'dataset_bucket_owner = "444455556666"'],
            "nothing of this customization lies in S3",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_before_the_deploy(tmp_path: Path, settings: list[str], fault: str) -> None:
    (tmp_path / "t.jsonl").write_text(seen("s3://b/1.png", 1), encoding="utf-8")

    with pytest.raises(ConfigError, match=fault):
        check_deployment(loaded(tmp_path, *settings), "deployment.toml", today=TODAY)


def test_a_validation_set_in_s3_that_the_model_does_not_take_is_refused_at_synth(tmp_path: Path) -> None:
    config = loaded(tmp_path, 'dataset = ["s3://theirs/t/"]', 'validation_dataset = ["s3://theirs/v/"]')
    text = (tmp_path / "deployment.toml").read_text().replace(LITE, "amazon.nova-2-lite-v1:0:256k")
    (tmp_path / "deployment.toml").write_text(text)

    assert prepare_datasets(config)["support"].collection
    with pytest.raises(ConfigError, match="takes no validation set; leave it out"):
        prepare_datasets(load_deployment_config(tmp_path / "deployment.toml"))


def test_media_beside_the_dataset_are_named_by_content_and_uploaded_once(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for name in ("1.png", "copy-of-1.png"):
        (tmp_path / "images" / name).write_bytes(PNG)
    places = ["images/1.png", "images/copy-of-1.png"] * 4
    (tmp_path / "t.jsonl").write_text("".join(map(seen, places, range(8))), encoding="utf-8")

    config = loaded(tmp_path, 'dataset = ["t.jsonl"]')
    dataset = prepare_datasets(config)["support"]
    again = prepare_datasets(config)["support"]

    assert dataset.media_folder
    (stored,) = dataset.media_folder.iterdir()
    assert stored.read_bytes() == PNG
    records = [json.loads(line) for line in (dataset.folder / dataset.file_name).read_text().splitlines()]
    named = [record["messages"][0]["content"][0]["image"] for record in records]
    uri = f"s3://.training-bucket/media/support/{stored.name}"
    assert named == [{"source": {"s3Location": {"uri": uri}}, "format": "png"}] * 8
    assert dataset.collection
    assert dataset.collection.dataset == (f"s3://.training-bucket/sources/support/{dataset.file_name}",)
    assert dataset.takes_media
    assert (again.specification_hash, again.media_folder) == (dataset.specification_hash, dataset.media_folder)


@pytest.mark.parametrize(
    ("place", "kind", "content", "settings", "fault"),
    [
        ("none.png", "image", None, [], "t.jsonl:1: none.png: cannot be read: No such file or directory; correct the"),
        ("a.png", "image", b"<svg>", [], "t.jsonl:1: a.png: must be one of png, jpeg, gif, webp by its first bytes"),
        ("a.mp4", "video", PNG, [], "a.mp4: must be one of mov, mkv, mp4, webm by its first bytes, got png"),
        (".", "image", None, [], ".: is no file; name a file"),
        (
            "s3://b/1.png",
            "image",
            None,
            ['media = ["s3://theirs/images/"]'],
            "s3://b/1.png: is not in media, got ['s3://theirs/images/']; add \"s3://b/\" to media",
        ),
    ],
)
def test_media_that_bedrock_would_refuse_stop_the_synth(
    tmp_path: Path, place: str, kind: str, content: bytes | None, settings: list[str], fault: str
) -> None:
    if content is not None:
        (tmp_path / place).write_bytes(content)
    (tmp_path / "t.jsonl").write_text("".join(seen(place, number, kind) for number in range(8)), encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        prepare_datasets(loaded(tmp_path, 'dataset = ["t.jsonl"]', *settings))

    assert fault in str(caught.value).splitlines()[0]
    assert list((tmp_path / "prepared").glob("*media*")) == []


def test_media_in_s3_that_records_on_this_machine_name_are_copied_at_the_deploy(tmp_path: Path) -> None:
    text = "".join(seen("s3://theirs/images/1.png", number) for number in range(8)).replace(
        '{"image": {"source"', '{"image": {"format": "png", "source"'
    )
    (tmp_path / "t.jsonl").write_text(text, encoding="utf-8")

    by_hand = prepare_datasets(loaded(tmp_path, 'dataset = ["t.jsonl"]'))["support"]
    copied = prepare_datasets(loaded(tmp_path, 'dataset = ["t.jsonl"]', 'media = ["s3://theirs/images/"]'))["support"]

    assert by_hand.collection is None  # as before: they lie in the training bucket, or the check of the run says so
    assert copied.collection
    assert copied.collection.media == ("s3://theirs/images/",)
    assert (by_hand.file_name, copied.media_folder) == (copied.file_name, None)


def test_a_model_cannot_be_trained_further_from_a_run_that_synth_does_not_know(tmp_path: Path) -> None:
    config = loaded(tmp_path, 'dataset = ["s3://theirs/train/"]')
    items = config.customizations
    further = items["support"].model_copy(update={"base_customization": "support"})

    with pytest.raises(ConfigError, match=r"its dataset is in S3 or has media, .* name its model in base_custom_model"):
        parent_of(further, items, prepare_datasets(config))
