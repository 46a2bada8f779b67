"""Models that deployment.toml names by ARN: each kind gets what its call needs and nothing else.

https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html (the Get action of each kind)
https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html (models that a profile routes to)
"""

import pytest

from tests.iam.cases import OTHER_ACCOUNT, REGION, arn, on
from tests.iam.mutations import mutations
from tests.iam.roles import Role, roles_of
from tests.iam.simulator import Request, Statement, allowed
from tests.synthesized import synthesized

LITE_PROFILE = arn("bedrock", "application-inference-profile/aaaa00000001")
MICRO_PROFILE = arn("bedrock", "application-inference-profile/aaaa00000002")
EMBEDDING = arn("bedrock", "provisioned-model/aaaa00000003")
THROUGHPUT = arn("bedrock", "provisioned-model/aaaa00000004")
DEPLOYMENT = arn("bedrock", "custom-model-deployment/aaaa00000005")
IMPORTED = arn("bedrock", "imported-model/aaaa00000006")
PRO_PROFILE = arn("bedrock", "inference-profile/us.amazon.nova-pro-v1:0")
CUSTOM_MODEL = arn("bedrock", "custom-model/amazon.nova-micro-v1:0:128k/aaaabbbbcccc")
EMBED = "bedrock:InvokeModel"
INVOKE = (EMBED, "bedrock:InvokeModelWithResponseStream")


def _model(name: str, region: str = REGION) -> str:
    return f"arn:aws:bedrock:{region}::foundation-model/{name}"


ALLOWED = {
    "inference-api/InferenceApiFunctionRole": [
        *(request for profile in (LITE_PROFILE, MICRO_PROFILE, PRO_PROFILE) for request in on(profile, *INVOKE)),
        *(
            request
            for profile in (LITE_PROFILE, MICRO_PROFILE, PRO_PROFILE)
            for request in on(profile, "bedrock:GetInferenceProfile")
        ),
        *(
            request
            for size in ("lite", "pro")
            for region in ("us-east-1", "us-east-2", "us-west-2")
            for request in on(_model(f"amazon.nova-{size}-v1:0", region), *INVOKE)
        ),
        *on(_model("amazon.nova-micro-v1:0"), *INVOKE, "bedrock:CountTokens"),
        *on(_model("mistral.mistral-large-2402-v1:0"), *INVOKE),
        *on(THROUGHPUT, *INVOKE, "bedrock:GetProvisionedModelThroughput"),
        *on(DEPLOYMENT, *INVOKE, "bedrock:GetCustomModelDeployment"),
        *on(IMPORTED, *INVOKE, "bedrock:GetImportedModel"),
        *on(CUSTOM_MODEL, "bedrock:GetCustomModel"),
    ],
    "knowledge-base/KnowledgeBaseRole": on(EMBEDDING, EMBED, "bedrock:GetProvisionedModelThroughput"),
}
DENIED = {
    "inference-api/InferenceApiFunctionRole": [
        *on(arn("bedrock", "application-inference-profile/bbbb00000001"), *INVOKE, "bedrock:GetInferenceProfile"),
        *on(arn("bedrock", "inference-profile/us.amazon.nova-lite-v1:0"), *INVOKE),
        *on(arn("bedrock", "provisioned-model/bbbb00000001"), *INVOKE, "bedrock:GetProvisionedModelThroughput"),
        *on(arn("bedrock", "custom-model-deployment/bbbb00000001"), *INVOKE, "bedrock:GetCustomModelDeployment"),
        *on(arn("bedrock", "imported-model/bbbb00000001"), *INVOKE, "bedrock:GetImportedModel"),
        *on(_model("amazon.nova-micro-v1:0", "us-west-2"), *INVOKE, "bedrock:CountTokens"),
        *on(_model("amazon.nova-lite-v1:0", "eu-west-1"), *INVOKE),
        *on(arn("bedrock", "custom-model/x/aaaabbbbcccc", account=OTHER_ACCOUNT), "bedrock:GetCustomModel"),
        *on(THROUGHPUT, "bedrock:DeleteProvisionedModelThroughput"),
        *on(EMBEDDING, *INVOKE),
    ],
    "knowledge-base/KnowledgeBaseRole": [
        *on(THROUGHPUT, EMBED, "bedrock:GetProvisionedModelThroughput"),
        *on(_model("amazon.titan-embed-text-v2:0"), EMBED),
    ],
}
ACTIONS = {request.action for requests in ALLOWED.values() for request in requests}


@pytest.fixture(scope="module")
def roles() -> dict[str, Role]:
    return roles_of(synthesized("tests/iam/by_arn.toml"), region=REGION)


@pytest.mark.parametrize("name", ALLOWED)
def test_a_role_may_call_each_model_and_no_other(roles: dict[str, Role], name: str) -> None:
    statements = roles[name].statements

    assert [request for request in ALLOWED[name] if not allowed(statements, request)] == []
    assert [request for request in DENIED[name] if allowed(statements, request)] == []


@pytest.mark.parametrize("name", ALLOWED)
def test_everything_that_a_role_may_do_with_models_is_needed(roles: dict[str, Role], name: str) -> None:
    requests = [*ALLOWED[name], *DENIED[name]]
    about_models = [item for item in roles[name].statements if ACTIONS & _actions(item)]

    verdicts = _verdicts(about_models, requests)

    assert [what for what, changed in mutations(about_models) if _verdicts(changed, requests) == verdicts] == []


def _actions(statement: Statement) -> set[str]:
    action = statement["Action"]
    return {action} if isinstance(action, str) else set(action)


def _verdicts(statements: list[Statement], requests: list[Request]) -> list[bool]:
    return [allowed(statements, request) for request in requests]
