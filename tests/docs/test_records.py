"""The records of the documentation pass the checker for the model and method that the page names."""

import fnmatch
import json
from pathlib import Path
from typing import Any

import pytest

from kit.data.check import rules_for
from tests.docs.pages import Block, blocks
from training_data.checking.files import check_dataset

# The words above a block -> base model and method.
FORMATS = {
    "**converse**": ("amazon.nova-micro-v1:0:128k", "FINE_TUNING"),
    "**prompt-completion**": ("meta.llama3-1-8b-instruct-v1:0:128k", "FINE_TUNING"),
    "**reinforcement prompts**": ("amazon.nova-2-lite-v1:0:256k", "REINFORCEMENT_FINE_TUNING"),
    "**image and caption**": ("amazon.titan-embed-image-v1:0", "FINE_TUNING"),
    "Images and videos in converse records": ("amazon.nova-lite-v1:0:300k", "FINE_TUNING"),
}
COUNT = {"record-count"}  # one record is too few for every model
JSON = [block for block in blocks() if block.language in ("json", "jsonl")]
POLICIES = [block for block in JSON if '"Statement"' in block.text]
RECORDS = [block for block in JSON if block not in POLICIES]


def findings(line: str, before: str, folder: Path) -> list[str]:
    """Findings and warnings of a dataset of this one record."""
    (chosen,) = [FORMATS[words] for words in FORMATS if before.startswith(words)]
    record = json.loads(line)
    if before.startswith("Images"):
        record = _turns([record, {"text": "What is it?"}])
    file = folder / "train.jsonl"
    file.write_text(json.dumps(record) + "\n", encoding="utf-8")
    report = check_dataset(file, rules_for(*chosen))
    return [item.message for item in (*report.training.findings, *report.training.warnings) if item.rule not in COUNT]


def _turns(content: list[dict[str, Any]]) -> dict[str, Any]:
    answer = {"role": "assistant", "content": [{"text": "A tank."}]}
    return {"schemaVersion": "bedrock-conversation-2024", "messages": [{"role": "user", "content": content}, answer]}


@pytest.mark.parametrize("block", RECORDS, ids=str)
def test_a_record_is_accepted(block: Block, tmp_path: Path) -> None:
    for line in block.text.splitlines():
        assert findings(line, block.before, tmp_path) == []


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("**converse**", '{"messages": [{"role": "user", "content": [{"text": "E1?"}]}]}'),
        ("**prompt-completion**", '{"prompt": "E1?", "response": "Empty."}'),
        ("**reinforcement prompts**", '{"messages": [], "reference_answer": "x"}'),
        ("**image and caption**", '{"image_ref": "s3://b/1.png", "caption": "x"}'),
        ("Images and videos in converse records", '{"image": {"format": "PNG", "source": {}}}'),
    ],
)
def test_a_wrong_record_is_refused(before: str, line: str, tmp_path: Path) -> None:
    assert findings(line, before, tmp_path)


def test_the_policy_of_another_accounts_bucket_lets_the_collector_read_and_list() -> None:
    (block,) = POLICIES
    (statement,) = json.loads(block.text)["Statement"]
    roles = statement["Condition"]["ArnLike"]["aws:PrincipalArn"]

    assert set(statement["Action"]) == {"s3:GetObject", "s3:ListBucket"}
    assert statement["Resource"] == ["arn:aws:s3:::team-data", "arn:aws:s3:::team-data/support/*"]
    assert fnmatch.fnmatch(
        "arn:aws:iam::111122223333:role/support-assistant-traini-DatasetCollectorFunction-Ab1", roles
    )
    assert not fnmatch.fnmatch("arn:aws:iam::111122223333:role/admin", roles)
