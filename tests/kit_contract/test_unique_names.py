"""No two pairs of deployment and name have a name in common, in whatever an account or a Region shares."""

import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bedrock_constructs import names
from deployment.sections.section import NAME
from kit_contract import run_names, stacks
from kit_contract.runs import new_run
from tests.customization.aws import specification

# Few letters and the words that names are built with: collisions are found where they are possible.
NAMES = st.lists(st.sampled_from(["a", "b", "next", "kept", "training", "throughput", "0123456789abcdef"]), min_size=1)
PAIRS = st.tuples(*(NAMES.map("-".join).filter(re.compile(NAME).fullmatch),) * 2)
STACK = cdk.Stack(cdk.App(), "Any")
RUN, TIME = "0123456789abcdef", "20261124023000"


def run_of(deployment: str, name: str) -> Any:
    made = specification(customization=name)
    return new_run(made, kit_deployment=deployment, key="data/a.jsonl", dataset_sha256="a" * 64)


SHARED: dict[str, Callable[[str, str], str]] = {
    "custom model deployment, provisioned throughput": run_names.bedrock_name,
    "custom model": lambda deployment, name: run_names.custom_model_name(deployment, name, RUN),
    "customization job": lambda deployment, name: run_names.job_name(
        deployment, name, run_names.execution_name(name, RUN), TIME
    ),
    "client request token": lambda deployment, name: str(run_of(deployment, name).token),
    "knowledge base": lambda deployment, name: names.unique_name(
        STACK, run_names.bedrock_name(deployment, name), "model", 1024
    ),
}
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateModelCustomizationJob.html and the others' pages
PATTERNS = {
    "customization job": r"[a-zA-Z0-9](-*[a-zA-Z0-9\+\-\.])*",
    "client request token": r"[a-zA-Z0-9](-*[a-zA-Z0-9])*",
}


@pytest.mark.parametrize("kind", SHARED)
@given(one=PAIRS, two=PAIRS)
@example(one=("a-b", "cd"), two=("a", "b-cd"))
@example(one=("ab", "cd-ef"), two=("ab-cd", "ef"))
@example(one=("a" * 31, "b" * 15 + "-c"), two=("a" * 31, "b" * 15 + "-d"))
def test_two_pairs_have_two_names_that_bedrock_takes(kind: str, one: tuple[str, str], two: tuple[str, str]) -> None:
    names = [SHARED[kind](*pair) for pair in (one, two)]

    assert (names[0] == names[1]) == (one == two)
    assert all(re.fullmatch(PATTERNS.get(kind, r"([0-9a-zA-Z][_-]?)+"), name) for name in names)


@given(one=NAMES.map("-".join), two=NAMES.map("-".join))
def test_no_stack_is_two_deployments(one: str, two: str) -> None:
    mine, theirs = ({f"{name}-{suffix}" for suffix in stacks.STACK_SUFFIXES} for name in (one, two))

    assert mine == theirs if one == two else mine.isdisjoint(theirs)


def test_a_name_without_a_hyphen_is_that_of_earlier_releases() -> None:
    """Another one would replace a deployment, or rename a throughput, for nothing."""
    assert run_names.bedrock_name("my-team", "support") == "my-team-support"
    assert run_names.bedrock_names("my-team", "support-eu") == ("my-team_support-eu", "my-team-support-eu")


@given(one=NAMES.map("-".join), two=NAMES.map("-".join), attempt=st.integers(1, 999))
def test_an_execution_is_of_one_customization(one: str, two: str, attempt: int) -> None:
    name = run_names.execution_name(one, RUN, attempt)

    assert run_names.is_execution_of(name, two) == (one == two)
