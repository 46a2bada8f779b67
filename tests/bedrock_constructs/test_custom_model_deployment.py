"""Properties and grants of a custom model deployment that the training workflow fills."""

from tests.bedrock_constructs.custom_resources.custom_resource_stack import actions_of, template


def test_a_reserved_name_has_no_model() -> None:
    found = template().find_resources("Custom::BedrockCustomModelDeployment")
    properties = next(iter(found.values()))["Properties"]

    assert properties["DeploymentName"] == "sup-support"
    assert "ModelIdentifier" not in properties


def test_a_reserved_name_may_be_deleted_but_not_made() -> None:
    actions = actions_of("BedrockCustomModelDeployment")

    assert "bedrock:DeleteCustomModelDeployment" in actions
    assert "bedrock:CreateCustomModelDeployment" not in actions
