"""Files of a function's code where partition and region are known at the deploy only."""

import pytest

from kit_contract.environment import PARTITION
from kit_contract.placeholders import located, placed

ARNS = "arn:{}:bedrock:{}::foundation-model/m arn:{}:bedrock:{}:111122223333:inference-profile/us.m"


def test_the_function_puts_in_where_it_runs() -> None:
    file = placed(ARNS.format("P", "R", "P", "R"), partition="P", region="R")
    here = {PARTITION: "aws-cn", "AWS_REGION": "cn-north-1"}

    assert located(file, here) == ARNS.format("aws-cn", "cn-north-1", "aws-cn", "cn-north-1")


@pytest.mark.parametrize("text", ["{}", ARNS.format("aws", "us-east-1", "aws", "us-east-1")])
def test_a_file_without_placeholders_needs_no_variables(text: str) -> None:
    assert located(text, {}) == text
