"""Names that a construct gives when nobody gives it one."""

import hashlib

import aws_cdk as cdk
import pytest

from bedrock_constructs.names import LONGEST, deployment_name, plain_name, stable_digest, unique_name


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


def test_a_unique_name_does_not_follow_the_numbers_of_tokens() -> None:
    """A name that did would replace its resource with each deploy."""
    stack = cdk.Stack(cdk.App(), "Shop")
    one, same, other = (cdk.Token.as_string({"Ref": name}) for name in ("Bucket", "Bucket", "Another"))
    assert one != same

    assert unique_name(stack, "docs", 1, [f"{one}/*"]) == unique_name(stack, "docs", 1, [f"{same}/*"])
    assert unique_name(stack, "docs", 1, [f"{one}/*"]) != unique_name(stack, "docs", 1, [f"{other}/*"])


def test_without_tokens_names_are_those_of_earlier_releases() -> None:
    stack = cdk.Stack(cdk.App(), "Shop")

    assert unique_name(stack, "docs", "amazon.titan-embed-text-v2:0", 1024) == "docs-4a94f913"
    assert stable_digest(stack, "a") == hashlib.sha256(b"a").hexdigest()
