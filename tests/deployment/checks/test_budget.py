"""[budget]: what AWS Budgets would refuse, and a budget that notifies nobody, are faults."""

from pathlib import Path

import pytest

from tests.deployment_file import HEAD, file_faults

EMAILS = 'emails = ["a@example.com"]\n'


def faults(folder: Path, section: str) -> list[str]:
    return file_faults(folder, f"{HEAD}[budget]\n{section}", prices_accepted=False)


@pytest.mark.parametrize("recipient", [EMAILS, "topic = true\n"])
def test_an_amount_and_a_recipient_are_enough(recipient: str, tmp_path: Path) -> None:
    assert faults(tmp_path, f"monthly_usd = 100\n{recipient}") == []


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (EMAILS, "budget.monthly_usd is missing; add it"),
        (f"monthly_usd = 0\n{EMAILS}", "budget.monthly_usd"),
        (f"monthly_usd = inf\n{EMAILS}", "budget.monthly_usd"),
        ("monthly_usd = 1\n", "budget.emails: the budget would notify nobody"),
        ('monthly_usd = 1\nemails = ["owner"]\n', "budget.emails.0"),
        (f"monthly_usd = 1\nactual_percent = [0]\n{EMAILS}", "budget.actual_percent.0"),
        (f"monthly_usd = 1\nactual_percent = []\nforecast_percent = []\n{EMAILS}", "a budget needs an alarm"),
        (f"monthly_usd = 1\nactual_percent = [1, 2, 3, 4, 5]\n{EMAILS}", "at most 5 alarms"),
        (f"monthly_usd = 1\nactual_percent = [50, 50]\n{EMAILS}", "must name each percentage once, got 50, 50"),
        (
            f"monthly_usd = 1\nhard_stop = true\n{EMAILS}",
            "budget.hard_stop: needs provisioned throughput without commitment",
        ),
        (f"monthly_usd = 1\nsum = 2\n{EMAILS}", "budget.sum is not a setting"),
    ],
)
def test_a_faulty_section_is_explained(section: str, expected: str, tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, section)

    assert expected in fault


def test_too_many_addresses_are_refused(tmp_path: Path) -> None:
    addresses = ", ".join(f'"a{index}@example.com"' for index in range(11))

    (fault,) = faults(tmp_path, f"monthly_usd = 1\nemails = [{addresses}]\n")

    assert "budget.emails" in fault


@pytest.mark.parametrize(("commitment", "faulty"), [("none", False), ("OneMonth", True)])
def test_a_hard_stop_needs_throughput_without_commitment(commitment: str, faulty: bool, tmp_path: Path) -> None:
    throughput = f'[provisioned_throughput.one]\nmodel = "amazon.nova-micro-v1:0:128k"\ncommitment = "{commitment}"\n'

    found = faults(tmp_path, f"monthly_usd = 1\nhard_stop = true\n{EMAILS}{throughput}")

    assert bool(found) == faulty


def test_the_hard_stop_counts_as_an_alarm_unless_there_is_one_at_100(tmp_path: Path) -> None:
    throughput = '[provisioned_throughput.one]\nmodel = "amazon.nova-micro-v1:0:128k"\n'
    section = "monthly_usd = 1\nhard_stop = true\nforecast_percent = []\n" + EMAILS

    assert len(faults(tmp_path, f"{section}actual_percent = [1, 2, 3, 4, 5]\n{throughput}")) == 1
    assert faults(tmp_path, f"{section}actual_percent = [1, 2, 3, 4, 100]\n{throughput}") == []
