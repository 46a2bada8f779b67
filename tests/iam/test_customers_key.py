"""With a customer managed key, each role may use the key for its access to the bucket's objects, through S3 only."""

import pytest

from tests.iam.cases import OTHER_ACCOUNT, REGION, arn, on
from tests.iam.mutations import mutations
from tests.iam.roles import Role, roles_of
from tests.iam.simulator import Statement, allowed, as_list
from tests.synthesized import synthesized

KEY = arn("kms", "key/11111111-2222-3333-4444-555555555555")
OTHER_KEY = arn("kms", "key/99999999-2222-3333-4444-555555555555", account=OTHER_ACCOUNT)
THROUGH_S3 = {"kms:ViaService": "s3.us-east-1.amazonaws.com"}
THROUGH_OTHERS = {"kms:ViaService": "sqs.us-east-1.amazonaws.com"}
READ, WRITE = "kms:Decrypt", "kms:GenerateDataKey"
USES = {
    "SupportRole": (READ, WRITE),
    "PicturesRole": (READ, WRITE),
    "DatasetCollectorFunctionRole": (READ, WRITE),
    "WorkflowCheckDataRole": (READ, WRITE),
    "WorkflowMetricsRole": (READ, WRITE),
    "EvaluationRole": (READ, WRITE),
    "WorkflowStarterFunctionRole": (READ, WRITE),
    "EvaluationJobRole": (READ, WRITE),
    "WorkflowPromotionRole": (),
    "WorkflowPromotionChecksRole": (),
    "WorkflowStateMachineRole": (),
    "CustomResourceProviderFunctionRole": (READ, WRITE),
    "FineTuningApiFunctionRole": (READ, WRITE),
    "InferenceApiFunctionRole": (),
    "InferenceApiAuthorizerFunctionRole": (),
    "InferenceApiRestApiCloudWatchRole": (),
}


@pytest.fixture(scope="module")
def roles() -> dict[str, Role]:
    found = roles_of(synthesized("tests/iam/encrypted.toml"), region=REGION)
    return {name.rpartition("/")[2]: role for name, role in found.items()}


def test_every_role_is_listed(roles: dict[str, Role]) -> None:
    assert set(roles) == set(USES)


@pytest.mark.parametrize("name", USES)
def test_a_role_may_use_the_key_for_its_objects(roles: dict[str, Role], name: str) -> None:
    about_keys = [
        item
        for item in roles[name].statements
        if str(as_list(item["Action"])[0]).startswith("kms:")
        and "kms:EncryptionContext:aws:s3:arn" not in str(item["Condition"])  # the bootstrap bucket's key has its cases
    ]

    verdicts = _verdicts(about_keys)

    assert verdicts == [action in USES[name] for action in (READ, WRITE)] + [False] * 6
    assert [what for what, changed in mutations(about_keys) if _verdicts(changed) == verdicts] == []


def _verdicts(statements: list[Statement]) -> list[bool]:
    requests = [
        *on(KEY, READ, WRITE, context=THROUGH_S3),
        *on(KEY, READ, WRITE, context=THROUGH_OTHERS),
        *on(OTHER_KEY, READ, WRITE, context=THROUGH_S3),
        *on(KEY, "kms:CreateGrant", "kms:ScheduleKeyDeletion", context=THROUGH_S3),
    ]
    return [allowed(statements, request) for request in requests]
