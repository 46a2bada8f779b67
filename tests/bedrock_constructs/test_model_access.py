"""Properties and grants of model access."""

from tests.bedrock_constructs.custom_resources.custom_resource_stack import actions_of, template


def test_models_are_sorted_and_the_form_is_passed() -> None:
    expected = {"Models": ["a.model", "b.model"], "UseCaseForm": {"companyName": "Brew"}, "RevokeOnDelete": False}

    template().has_resource_properties("Custom::BedrockModelAccess", expected)


def test_nothing_may_be_revoked_unless_asked() -> None:
    actions = actions_of("BedrockModelAccess")

    assert "bedrock:CreateFoundationModelAgreement" in actions
    assert "bedrock:DeleteFoundationModelAgreement" not in actions


def test_whoever_subscribes_has_the_three_rights_that_aws_asks_for() -> None:
    """https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html (prerequisites)"""
    rights = {"aws-marketplace:Subscribe", "aws-marketplace:Unsubscribe", "aws-marketplace:ViewSubscriptions"}

    assert rights <= set(actions_of("BedrockModelAccess"))
