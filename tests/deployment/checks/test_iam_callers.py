"""Callers of other accounts that sign their requests: who can be named, and how many."""

from pathlib import Path

import pytest

from tests.deployment_file import HEAD, file_faults

API = '[inference_api]\n{settings}\n[inference_api.aliases.bot]\nmodel = "amazon.nova-micro-v1:0"\n'
OWN = "111122223333"


def faults(folder: Path, *callers: str, iam: str = "iam = true", account: str | None = OWN) -> list[str]:
    named = ", ".join(f'"{caller}"' for caller in callers)
    return file_faults(folder, HEAD + API.format(settings=f"{iam}\niam_callers = [{named}]"), account=account)


@pytest.mark.parametrize(
    "caller",
    ["444455556666", "arn:aws:iam::444455556666:role/a/b/Reporting", "arn:aws:iam::444455556666:user/me@x.com"],
)
def test_accounts_roles_and_users_of_others_may_be_named(tmp_path: Path, caller: str) -> None:
    assert faults(tmp_path, caller) == []
    assert faults(tmp_path) == []


@pytest.mark.parametrize(
    "caller",
    [
        "*",
        "arn:aws:iam::444455556666:role/*",
        "arn:aws:iam::444455556666:root",
        "arn:aws:iam::*:role/x",
        "arn:aws:sts::444455556666:assumed-role/x/y",
        "4444",
        "arn:aws:iam::444455556666:role/a?",
    ],
)
def test_nothing_else_may(tmp_path: Path, caller: str) -> None:
    (fault,) = faults(tmp_path, caller)

    assert "inference_api.iam_callers.0: must be the 12 digits of an AWS account, or the ARN of a role or user" in fault


@pytest.mark.parametrize("caller", [OWN, f"arn:aws:iam::{OWN}:role/x"])
def test_callers_of_the_own_account_need_no_entry(tmp_path: Path, caller: str) -> None:
    (fault,) = faults(tmp_path, caller)

    assert f"must be of other accounts, got {caller} of your own" in fault
    assert faults(tmp_path, caller, account=None) == []  # nobody knows the account yet


@pytest.mark.parametrize("iam", ["", "iam = false"])
def test_without_iam_they_have_no_effect(tmp_path: Path, iam: str) -> None:
    (fault,) = faults(tmp_path, "444455556666", iam=iam)

    assert "set iam = true" in fault


def test_a_caller_is_named_once_and_in_the_partition(tmp_path: Path) -> None:
    twice = faults(tmp_path, "444455556666", "444455556666")
    elsewhere = faults(tmp_path, "arn:aws-cn:iam::444455556666:role/x")

    assert "only once" in twice[0]
    assert "in the partition aws of the deployment" in elsewhere[0]


def test_a_resource_policy_holds_so_many_callers(tmp_path: Path) -> None:
    accounts = [f"{number:012}" for number in range(300)]

    (fault,) = faults(tmp_path, *accounts)
    assert "7000 characters of callers, got 9900" in fault
    assert faults(tmp_path, *accounts[:200]) == []
