"""Roles of jobs that are no plain fine-tuning: each gets what its method needs, and nothing of another one's.

https://docs.aws.amazon.com/bedrock/latest/userguide/custom-model-job-access-security.html
https://docs.aws.amazon.com/bedrock/latest/userguide/rft-access-security.html
"""

from collections.abc import Callable

import pytest

from kit_contract.tags import ALIAS_TAG
from tests.iam.cases import OTHER_ACCOUNT, REGION, THEIRS, arn, creating, on
from tests.iam.mutations import mutations
from tests.iam.roles import Role, roles_of
from tests.iam.simulator import Request, Statement, allowed
from tests.synthesized import ACCOUNT, synthesized

SHORT_KEY = arn("kms", "key/22222222-2222-3333-4444-555555555555")
KEY = arn("kms", "key/11111111-2222-3333-4444-555555555555")
LOG_KEY = arn("kms", "key/99999999-2222-3333-4444-555555555555")
THROUGH_BEDROCK, THROUGH_S3 = ({"kms:ViaService": f"{name}.{REGION}.amazonaws.com"} for name in ("bedrock", "s3"))
OWN = {"aws:ResourceAccount": ACCOUNT}
LOGS, LOG = "arn:aws:s3:::invocation-logs", "arn:aws:s3:::invocation-logs/AWSLogs/1.json.gz"
GRADER = arn("lambda", "function:east-training-ReinforcedGraderFunction")
PROFILE = arn("bedrock", "inference-profile/us.amazon.nova-pro-v1:0")
PRO = [
    f"arn:aws:bedrock:{region}::foundation-model/amazon.nova-pro-v1:0" for region in (REGION, "us-east-2", "us-west-2")
]
LITE = f"arn:aws:bedrock:{REGION}::foundation-model/amazon.nova-lite-v1:0"
SUBNET, GROUP = arn("ec2", "subnet/subnet-0123456789abcdef0"), arn("ec2", "security-group/sg-0123456789abcdef0")
INTERFACE = arn("ec2", "network-interface/eni-0")
JOB = arn("bedrock", "model-customization-job/amazon.nova-2-lite-v1:0:256k/jobjobjobjob")
TAGGED = {"aws:RequestTag/BedrockManaged": "true", "aws:RequestTag/BedrockModelCustomizationJobArn": JOB}
MADE = {
    "ec2:ResourceTag/BedrockManaged": "true",
    "ec2:ResourceTag/BedrockModelCustomizationJobArn": JOB,
    "ec2:Subnet": SUBNET,
}
REMOVE = ("ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission")
DESCRIBE = [f"ec2:Describe{name}" for name in ("NetworkInterfaces", "Vpcs", "DhcpOptions", "Subnets", "SecurityGroups")]
CREATE = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
PARENT = arn("bedrock", "custom-model/amazon.nova-2-lite-v1:0:256k/aaaabbbbcccc")
OTHER = arn("bedrock", "custom-model/amazon.nova-2-lite-v1:0:256k/ddddeeeeffff")
TRAIN = "bedrock:CreateModelCustomizationJob"
TRAINED = creating("east", ALIAS_TAG)
# Both buy, swap and release provisioned throughput.
CAPACITY = ("CapacityFunctionRole", "provisioned-throughput/CustomResourceProviderFunctionRole")
ABOUT: dict[str, Callable[[str], bool]] = {
    "DistilledRole": lambda sid: sid in ("InvokeTeacher", "ReadLogs", "ListLogs", "DecryptLogs", "UseModelKey"),
    "ReinforcedRole": lambda sid: "Interface" in sid or sid in ("InvokeGrader", "LookAtNetwork"),
    "ReinforcedGraderRole": lambda sid: sid == "InvokeJudges",
    **dict.fromkeys(("WorkflowPromotionRole", "InferenceApiFunctionRole", *CAPACITY), lambda sid: "UseModelKey" in sid),
    "WorkflowStateMachineRole": lambda sid: sid in ("EncryptModels", "TrainFurther"),
}
ALLOWED: dict[str, list[Request]] = {
    "DistilledRole": [
        *(request for model in (PROFILE, *PRO) for request in on(model, "bedrock:InvokeModel")),
        *on(LOG, "s3:GetObject", context=OWN),
        *on(LOGS, "s3:ListBucket", context=OWN),
        *on(LOG_KEY, "kms:Decrypt", context=THROUGH_S3),
        *on(KEY, "kms:Decrypt", context=THROUGH_BEDROCK),
    ],
    "ReinforcedRole": [
        *on(f"{GRADER}:7", "lambda:InvokeFunction"),
        *on("*", *DESCRIBE),
        *on(INTERFACE, "ec2:CreateNetworkInterface", context=TAGGED),
        *(request for place in (SUBNET, GROUP) for request in on(place, "ec2:CreateNetworkInterface")),
        *on(INTERFACE, *REMOVE, context=MADE),
        *on(
            INTERFACE,
            "ec2:CreateTags",
            context={
                "ec2:CreateAction": "CreateNetworkInterface",
                "aws:TagKeys": ("BedrockManaged", "BedrockModelCustomizationJobArn"),
            },
        ),
    ],
    "ReinforcedGraderRole": [request for model in (PROFILE, *PRO) for request in on(model, "bedrock:InvokeModel")],
    **{
        name: [request for key in (KEY, SHORT_KEY) for request in on(key, "kms:Decrypt", context=THROUGH_BEDROCK)]
        for name in ("WorkflowPromotionRole", "InferenceApiFunctionRole")
    },
    **{name: on(SHORT_KEY, "kms:Decrypt", context=THROUGH_BEDROCK) for name in CAPACITY},
    "WorkflowStateMachineRole": [
        *(request for key in (KEY, SHORT_KEY) for request in on(key, *CREATE, context=THROUGH_BEDROCK)),
        *on(PARENT, TRAIN, context={**TRAINED, **THEIRS}),
    ],
}
DENIED: dict[str, list[Request]] = {
    "DistilledRole": [
        *on(LITE, "bedrock:InvokeModel"),
        *on(LOG, "s3:GetObject", context={"aws:ResourceAccount": OTHER_ACCOUNT}),
        *on(f"{LOGS}/Other/1.json", "s3:GetObject", context=OWN),
        *on(LOG, "s3:PutObject", context=OWN),
        *on(LOGS, "s3:ListBucket", context={"aws:ResourceAccount": OTHER_ACCOUNT}),
        *on(LOG_KEY, "kms:Decrypt", context=THROUGH_BEDROCK),
        *on(KEY, "kms:Decrypt", context=THROUGH_S3),
        *on(GRADER, "lambda:InvokeFunction"),
    ],
    "ReinforcedRole": [
        *on(f"{arn('lambda', 'function:other')}:7", "lambda:InvokeFunction"),
        *on(INTERFACE, "ec2:CreateNetworkInterface"),
        *on(INTERFACE, "ec2:CreateNetworkInterface", context={**TAGGED, "aws:RequestTag/BedrockManaged": "false"}),
        *on(
            INTERFACE,
            "ec2:CreateNetworkInterface",
            context={**TAGGED, "aws:RequestTag/BedrockModelCustomizationJobArn": JOB.replace(ACCOUNT, OTHER_ACCOUNT)},
        ),
        *on(arn("ec2", "subnet/subnet-1"), "ec2:CreateNetworkInterface"),
        *on(INTERFACE, *REMOVE),
        *on(INTERFACE, *REMOVE, context={**MADE, "ec2:ResourceTag/BedrockManaged": "false"}),
        *on(INTERFACE, *REMOVE, context={**MADE, "ec2:Subnet": arn("ec2", "subnet/subnet-1")}),
        *on(INTERFACE, *REMOVE, context={**MADE, "ec2:ResourceTag/BedrockModelCustomizationJobArn": KEY}),
        *on(
            INTERFACE,
            "ec2:CreateTags",
            context={"ec2:CreateAction": "RunInstances", "aws:TagKeys": ("BedrockManaged",)},
        ),
        *on(
            INTERFACE,
            "ec2:CreateTags",
            context={"ec2:CreateAction": "CreateNetworkInterface", "aws:TagKeys": ("BedrockManaged", "Owner")},
        ),
    ],
    "ReinforcedGraderRole": on(
        f"arn:aws:bedrock:{REGION}::foundation-model/amazon.nova-lite-v1:0", "bedrock:InvokeModel"
    ),
    **{
        name: [
            *on(SHORT_KEY, "kms:Decrypt", context=THROUGH_S3),
            *on(SHORT_KEY, "kms:CreateGrant", context=THROUGH_BEDROCK),
            *on(LOG_KEY, "kms:Decrypt", context=THROUGH_BEDROCK),
        ]
        for name in ("WorkflowPromotionRole", "InferenceApiFunctionRole", *CAPACITY)
    },
    "WorkflowStateMachineRole": [
        *on(KEY, *CREATE, context=THROUGH_S3),
        *on(LOG_KEY, *CREATE, context=THROUGH_BEDROCK),
        *on(OTHER, TRAIN, context={**TRAINED, **THEIRS}),
        *on(PARENT, TRAIN, context=THEIRS),
        *on(PARENT, TRAIN, context=creating("east", ALIAS_TAG, "owner")),
    ],
}


@pytest.fixture(scope="module")
def roles() -> dict[str, Role]:
    found = roles_of(synthesized("tests/stacks/full_east.toml"), region=REGION)
    return found | {name.rpartition("/")[2]: role for name, role in found.items()}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_role_has_the_rights_of_its_method_and_no_others(roles: dict[str, Role], name: str) -> None:
    statements = [item for item in roles[name].statements if ABOUT[name](item.get("Sid", ""))]

    verdicts = _verdicts(statements, name)

    assert verdicts == [True] * len(ALLOWED[name]) + [False] * len(DENIED[name])
    assert [what for what, changed in mutations(statements) if _verdicts(changed, name) == verdicts] == []


def _verdicts(statements: list[Statement], name: str) -> list[bool]:
    return [allowed(statements, request) for request in (*ALLOWED[name], *DENIED[name])]


def test_a_plain_job_has_none_of_these_rights(roles: dict[str, Role]) -> None:
    sids = {item.get("Sid") for item in roles["SupportRole"].statements}

    assert sids == {"ReadData", "WriteOutput", "ListBucket"}
