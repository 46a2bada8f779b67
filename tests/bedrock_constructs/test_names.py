"""Names that a construct gives when nobody gives it one."""

import aws_cdk as cdk
import pytest

from bedrock_constructs.names import LONGEST, deployment_name, plain_name


@pytest.mark.parametrize(
    ("stack", "name"), [("Shop", "shop"), ("ShopProd-Eu_1", "shopprod-eu-1"), ("a" * LONGEST, "a" * LONGEST)]
)
def test_a_deployment_is_named_after_its_stack(stack: str, name: str) -> None:
    assert deployment_name(cdk.Stack(cdk.App(), "Any", stack_name=stack.replace("_", "-")), None) == name


def test_a_long_name_is_cut_and_stays_unique() -> None:
    app = cdk.App()
    names = {deployment_name(cdk.Stack(app, f"{'Production' * 3}{number}"), None) for number in range(2)}

    assert len(names) == 2
    assert {len(name) for name in names} == {LONGEST}


def test_a_given_name_is_taken() -> None:
    assert deployment_name(cdk.Stack(cdk.App(), "Shop"), "support") == "support"


def test_an_id_of_any_characters_is_a_name() -> None:
    assert plain_name("My (new)  Docs_2") == "my-new-docs-2"
