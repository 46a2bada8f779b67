"""Sections of several kinds: faults name the setting as the file has it, and the kinds that there are."""

from pathlib import Path

import pytest

from deployment.config import load_deployment_config
from kit_contract.errors import InputError

FILE = """
[deployment]
name = "kinds"
region = "us-east-1"

[knowledge_base]
model = "amazon.nova-micro-v1:0"

[knowledge_base.sources.notes]
"""


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ('kind = "confluence"', "knowledge_base.sources.notes.kind: must be 's3', 'web' or 'custom', got 'confluence'"),
        ("objects = []", "knowledge_base.sources.notes.kind is missing; add it"),
        ('kind = "custom"\nobjects = ["drafts/"]', "knowledge_base.sources.notes.objects.0: must be s3://bucket/"),
        (
            'kind = "web"\nlinks = 4',
            "knowledge_base.sources.notes.links is not a setting, got 4; allowed names: exclude",
        ),
        (
            'kind = "custom"\nurl = 4',
            "knowledge_base.sources.notes.url is not a setting, got 4; allowed names: kind, ob",
        ),
    ],
)
def test_a_fault_is_told_in_the_words_of_the_file(tmp_path: Path, settings: str, fault: str) -> None:
    file = tmp_path / "deployment.toml"
    file.write_text(FILE + settings, encoding="utf-8")

    with pytest.raises(InputError) as raised:
        load_deployment_config(file)

    assert f"deployment.toml: {fault}" in str(raised.value)
    assert "{" not in str(raised.value).splitlines()[0]
