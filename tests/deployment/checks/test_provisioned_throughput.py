"""[provisioned_throughput.*]: target, schedule and commitment; its price has tests of its own."""

from pathlib import Path

import pytest

from tests.deployment_file import HEAD, SHIPPED, file_faults

SECTION = '[provisioned_throughput.one]\nmodel = "amazon.nova-micro-v1:0:128k"\n'
WEEK = '[provisioned_throughput.one.schedule]\ndays = ["mon"]\nfrom = "08:00"\nto = "20:00"\ntime_zone = "UTC"\n'
TWIN = '\n[provisioned_throughput.twin]\ncustomization = "support"\nalias = "assistant"\n'
SUPPORT = '\n[provisioned_throughput.support]\ncustomization = "support"\nalias = "support-bot"\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{HEAD}[provisioned_throughput.one]\n", "one: set either model or customization, got neither"),
        (f'{HEAD}{SECTION}customization = "x"\n', "one: set either model or customization, got both"),
        (
            f'{HEAD}{SECTION}customization = "x"\n',
            "one.customization: 'x' is not a custom model of [training]; allowed: none",
        ),
        (f'{HEAD}{SECTION}alias = "x"\n', "one.alias: 'x' is not an alias of the API; allowed: none"),
        (f"{HEAD}{SECTION}{WEEK.replace('UTC', 'Mars')}", "one.schedule.time_zone: must be a name of the IANA"),
        (HEAD + SECTION + WEEK.replace('"mon"', '"mon", "mon"'), "one.schedule.days: must name each day once"),
        (f'{HEAD}{SECTION}commitment = "OneMonth"\n{WEEK}', "one.schedule: not allowed with commitment OneMonth"),
        (
            f'{HEAD}{SECTION}commitment = "OneMonth"\nrelease_when_idle_hours = 1\n',
            "one.release_when_idle_hours: not allowed with commitment OneMonth",
        ),
        (SHIPPED + SUPPORT + TWIN, "twin.customization: 'support' already has the provisioned throughput 'support'"),
    ],
)
def test_a_section_that_contradicts_itself_is_a_fault(text: str, expected: str, tmp_path: Path) -> None:
    found = file_faults(tmp_path, text, prices_accepted=False)

    assert [fault for fault in found if fault.startswith(f"deployment.toml: provisioned_throughput.{expected}")], found


@pytest.mark.parametrize("text", [f"{HEAD}{SECTION}{WEEK}", SHIPPED + SUPPORT])
def test_a_schedule_or_a_customization_is_accepted(text: str, tmp_path: Path) -> None:
    assert file_faults(tmp_path, text, prices_accepted=False) == []
