"""Names that would give two things one logical id, or one name in Bedrock, are refused before a deploy."""

from pathlib import Path

import pytest

from tests.deployment_file import HEAD, SHIPPED, file_faults

THROUGHPUT = '[provisioned_throughput.{}]\nmodel = "amazon.nova-micro-v1:0:128k"\n'
OF_SUPPORT = '[provisioned_throughput.one]\ncustomization = "support"\n'


def sections(*names: str) -> str:
    return HEAD + "".join(THROUGHPUT.format(name) for name in names)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (sections("v-1", "v1"), "v1: differs from 'v-1' in a hyphen before a digit only"),
        (f"{SHIPPED}\n{THROUGHPUT.format('support')}{OF_SUPPORT}", "one: its name in Bedrock, "),
        (sections("team-a", "team-a-next"), "team-a-next: its name in Bedrock, "),
        (sections("team-a-kept", "team-a"), "team-a-kept: its name in Bedrock, "),
    ],
)
def test_two_sections_with_one_name_are_a_fault(text: str, expected: str, tmp_path: Path) -> None:
    found = file_faults(tmp_path, text, prices_accepted=False)

    assert [fault for fault in found if fault.startswith(f"deployment.toml: provisioned_throughput.{expected}")], found


def test_two_customizations_with_one_logical_id_are_a_fault(tmp_path: Path) -> None:
    start = SHIPPED.index("[training.customizations.support]")
    section = SHIPPED[start : SHIPPED.index("[knowledge_base]", start)]
    twins = section.replace("support]", "v-1]").replace("customizations.support.", "customizations.v-1.")
    twins += section.replace("support]", "v1]").replace("customizations.support.", "customizations.v1.")

    found = file_faults(tmp_path, SHIPPED.replace(section, twins), prices_accepted=False)

    assert any("training.customizations.v1: differs from 'v-1'" in fault for fault in found), found


def test_what_a_migration_leaves_collides_with_no_section(tmp_path: Path) -> None:
    assert file_faults(tmp_path, sections("spare", "spare-next"), prices_accepted=False) == []
