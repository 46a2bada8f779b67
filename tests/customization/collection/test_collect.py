"""The collector makes the same dataset of objects in S3 as synth makes of files, and says what stops it."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from customization.collection.collect import Collector
from customization.collection.source_objects import CollectionError
from kit_contract.dataset_collection import DatasetCollection
from kit_contract.dataset_limits import DatasetLimits
from tests.customization.aws import BUCKET, record
from tests.customization.buckets import ACCOUNT, OTHER_ACCOUNT, Buckets
from training_data.checking.model_rules import model_rules
from training_data.preparation import prepare_dataset

NOVA = "amazon.nova-micro-v1:0:128k"
LIMITS = DatasetLimits("converse", 2, 6, max_tokens=32_000)
TABLE = "Frage;Antwort\nE1?;Empty the tray.\nE2?;Fill the tank.\n".encode("cp1252")
READING = {"columns": {"prompt": "Frage", "response": "Antwort"}, "encoding": "windows-1252"}
SOURCE = ("s3://theirs/train/",)


def collection(**changes: Any) -> DatasetCollection:
    given = {"customization": "support", "bucket": BUCKET, "base_model": NOVA, "method": "FINE_TUNING"}
    return DatasetCollection(**{**given, "limits": LIMITS, "dataset": SOURCE, **changes})


def collect(buckets: Buckets, folder: Path, **changes: Any) -> Any:
    folder.mkdir(exist_ok=True)
    # As it reaches the function.
    asked = DatasetCollection.from_json(json.loads(json.dumps(collection(**changes).to_json())))
    return Collector(asked, s3=buckets.client, account=ACCOUNT, folder=folder).collect()


@pytest.fixture
def buckets() -> Buckets:
    found = Buckets()
    found.put("s3://theirs/train/a/faq.csv", TABLE)
    found.put("s3://theirs/train/b.jsonl.gz", gzip.compress(record("E3?") + record("E4?")))
    found.put("s3://theirs/train/images/1.png", b"no record")
    found.put("s3://theirs/train/", b"")
    found.put("s3://theirs/training-of-others/c.jsonl", b"not ours")
    return found


def test_objects_give_what_synth_makes_of_the_same_files(buckets: Buckets, tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_bytes(record("E3?") + record("E4?"))
    local = prepare_dataset(
        [tmp_path / "b.jsonl"],
        model_rules(NOVA, "FINE_TUNING", LIMITS),
        min_records=2,
        max_records=6,
        output=tmp_path / "local.jsonl",
    )

    answer = collect(buckets, tmp_path / "disk", dataset=("s3://theirs/train/b.jsonl.gz",))

    assert answer == {"key": f"data/support/{local.sha256[:16]}.jsonl", "records": 2, "media": 0, "stored": True}
    assert buckets.own("data/") == {answer["key"]: local.path.read_bytes()}


def test_all_objects_below_a_prefix_are_one_dataset_in_the_order_of_their_keys(
    buckets: Buckets, tmp_path: Path
) -> None:
    answer = collect(buckets, tmp_path / "disk", reading=READING)

    (content,) = buckets.own("data/").values()
    asked = [json.loads(line)["messages"][0]["content"][0]["text"] for line in content.splitlines()]
    assert asked == ["E1?", "E2?", "E3?", "E4?"]
    assert answer["records"] == 4
    assert list((tmp_path / "disk").rglob("*.csv")) == []  # the disk holds one object at a time


def test_what_is_stored_is_not_put_again_but_for_another_validation_set(buckets: Buckets, tmp_path: Path) -> None:
    first = collect(buckets, tmp_path / "1", reading=READING)
    again = collect(buckets, tmp_path / "2", reading=READING)
    buckets.put("s3://theirs/held-out.jsonl", record("E9?"))
    other = collect(buckets, tmp_path / "3", reading=READING, validation_dataset=("s3://theirs/held-out.jsonl",))

    assert [first["stored"], again["stored"], other["stored"]] == [True, False, True]
    (validation,) = buckets.own("data/support/validation/")
    assert buckets.metadata[BUCKET, other["key"]] == {"validation-key": validation}
    assert buckets.puts() == [first["key"], validation, first["key"]]  # the training set last: its upload is the event


def test_a_record_of_both_sets_is_refused(buckets: Buckets, tmp_path: Path) -> None:
    buckets.put("s3://theirs/held-out.jsonl", record("e3"))

    with pytest.raises(CollectionError, match=r"validation_dataset: held-out\.jsonl:1: is also in dataset \(b\.jsonl"):
        collect(buckets, tmp_path / "d", reading=READING, validation_dataset=("s3://theirs/held-out.jsonl",))
    assert buckets.own("data/") == {}


@pytest.mark.parametrize("validation", [0, 2])
def test_both_sets_count_together(buckets: Buckets, tmp_path: Path, validation: int) -> None:
    buckets.put("s3://theirs/held-out.jsonl", b"".join(record(f"H{number}?") for number in range(validation + 1)))
    limits = DatasetLimits("converse", 2, 6, max_validation_records=validation)

    with pytest.raises(CollectionError, match=f"takes 1 to {validation} records, got {validation + 1} or more"):
        collect(
            buckets,
            tmp_path / "d",
            reading=READING,
            limits=limits,
            validation_dataset=("s3://theirs/held-out.jsonl",),
        )


def test_faults_are_counted_and_all_of_them_are_in_the_report(buckets: Buckets, tmp_path: Path) -> None:
    faults = (b"{broken", b"[1]", b'{"prompt": 1}', b'{"prompt": "E1?", "response": ""}')
    buckets.put("s3://theirs/train/c.jsonl", b"\n".join(faults * 5))

    with pytest.raises(CollectionError) as caught:
        collect(buckets, tmp_path / "d", reading=READING)

    ((key, report),) = buckets.own("runs/").items()
    assert str(caught.value).startswith("dataset: c.jsonl:1: is not one JSON object")
    assert str(caught.value).endswith(f"; all are in s3://{BUCKET}/{key}")
    assert len(report.decode().splitlines()) == len(faults)
    assert "; and 4 more like it: c.jsonl:5, c.jsonl:9, c.jsonl:13, ..." in report.decode()
    assert buckets.own("data/") == {}


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("s3://theirs/none.jsonl", r"s3://theirs/none\.jsonl does not exist; upload it"),
        ("s3://theirs/none/", r"no object to read in s3://theirs/none/"),
        ("s3://theirs/table.parquet", "is .parquet, which is read on your machine only"),
        ("s3://foreign/a.jsonl", r"cannot be read \(Access Denied\).*dataset_bucket_owner"),
        ("s3://foreign/", r"cannot be read \(Access Denied\).*dataset_kms_key_arn"),
        ("s3://theirs/secret.jsonl", r"cannot be read \(Access Denied\)"),
    ],
)
def test_an_object_that_cannot_be_read_is_named_with_what_to_do(
    buckets: Buckets, tmp_path: Path, uri: str, message: str
) -> None:
    buckets.owners["foreign"] = OTHER_ACCOUNT
    buckets.put("s3://theirs/table.parquet", b"PAR1")
    buckets.denied.add("s3://theirs/secret.jsonl")

    with pytest.raises(CollectionError, match=message):
        collect(buckets, tmp_path / "d", dataset=(uri,))


def test_a_bucket_of_another_account_is_read_if_that_account_is_named(buckets: Buckets, tmp_path: Path) -> None:
    buckets.owners["foreign"] = OTHER_ACCOUNT
    buckets.put("s3://foreign/a.jsonl", record("E1?") + record("E2?"))

    assert collect(buckets, tmp_path / "d", dataset=("s3://foreign/a.jsonl",), owner=OTHER_ACCOUNT)["records"] == 2
    with pytest.raises(CollectionError, match="Access Denied"):  # the bucket was given up, and is somebody else's now
        collect(buckets, tmp_path / "e", dataset=("s3://theirs/b.jsonl",), owner=OTHER_ACCOUNT)


def test_reading_ends_with_the_first_record_too_many(buckets: Buckets, tmp_path: Path) -> None:
    for number in range(4):
        buckets.put(f"s3://theirs/many/{number}.jsonl", record("E1?") * 5)

    with pytest.raises(CollectionError, match="takes 2 to 6 records, got 7 or more"):
        collect(buckets, tmp_path / "d", dataset=("s3://theirs/many/",))

    assert [key for operation, key in buckets.calls if operation == "GetObject"] == ["many/0.jsonl", "many/1.jsonl"]
