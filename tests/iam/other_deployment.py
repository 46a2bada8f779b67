"""What another deployment in the same account has, asked for with the rights of this one.

Another deployment has the same resources under its own name and tag. A role may reach none of them, but for EXCEPTIONS.
"""

import re
from collections.abc import Iterator, Mapping

from policy_sentry.querying.actions import get_actions_for_service

from kit.check.rules.service_reference import fits, resource_formats
from kit_contract import run_names
from kit_contract.tags import ALIAS_TAG, DEPLOYMENT_TAG, RESOURCE_TAG, resource_tag_key
from tests.iam.cases import REGION, creating
from tests.iam.roles import Role
from tests.iam.simulator import Request, allowed, as_list
from tests.synthesized import ACCOUNT

WHOSE = (
    "tags say whose a resource is, also of another deployment's: a denial can't be told from a missing right, and a "
    "Delete that took it for another deployment's would leave a billed throughput"
)
LISTS = "takes no ARN and no tag (Service Authorization Reference); the code goes on with what carries its tag"
ACCOUNTS = "belongs to the account: takes no ARN and no tag"
# Action -> why another deployment's can be reached with it.
EXCEPTIONS: Mapping[str, str] = {
    "bedrock:ListTagsForResource": WHOSE,
    "bedrock:GetModelCopyJob": "a copy job has no tags (Service Authorization Reference); it shows names and ARNs",
    "bedrock:GetCustomModel": "only of an alias or knowledge base that names a provisioned model or a custom model "
    "deployment by its ARN: Bedrock requires it of who calls them, and their owner chooses the model, with any tags",
}
# Action on the resource * -> why it has no ARN.
WITHOUT_ARN: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "bedrock:ListCustomModels",
            "bedrock:ListCustomModelDeployments",
            "bedrock:ListEvaluationJobs",
            "bedrock:ListImportedModels",
            "bedrock:ListModelCopyJobs",
            "bedrock:ListModelImportJobs",
            "bedrock:ListModelCustomizationJobs",
            "bedrock:ListProvisionedModelThroughputs",
        ),
        LISTS,
    ),
    "bedrock:CreateEvaluationJob": "takes models' ARNs by the Service Authorization Reference, and who may use "
    "these only was refused; the role that is passed invokes the evaluator models only; only with a `bedrock_job`",
    **dict.fromkeys(
        ("bedrock:CreateCustomModel", "bedrock:CreateModelImportJob"),
        "takes no ARN; the request has to give this deployment's tag",
    ),
    "bedrock:RetrieveAndGenerate": "takes no ARN and no tag; AWS asks for `Retrieve` and `InvokeModel` too, "
    "which name knowledge bases and models",
    **dict.fromkeys(
        ("aoss:CreateIndex", "aoss:GetIndex", "aoss:DeleteIndex"),
        "takes no ARN and no tag; AWS asks for `aoss:APIAccessAll` too, which the tag limits, and for the collection's "
        'data access policy; only with `store = "opensearch-serverless"`',
    ),
    "aoss:BatchGetCollection": "takes no ARN; it shows whether a collection is there; only with "
    '`store = "opensearch-serverless"`',
    "bedrock:Rerank": "takes no ARN and no tag; AWS asks for `InvokeModel` too, which names the model; only with "
    "`rerank_model`",
    "ecr-public:GetAuthorizationToken": "takes no ARN; a harness pulls AgentCore's own image from ECR Public",
    "sts:GetServiceBearerToken": "takes no ARN; a harness pulls AgentCore's own image from ECR Public",
    "cloudwatch:PutMetricData": "metrics have no ARN; the condition names the namespace `bedrock-agentcore`",
    "cloudwatch:GetMetricStatistics": "metrics have no ARN; it shows counts of calls",
    "cloudwatch:GetMetricData": "metrics have no ARN; it shows counts of calls; only with a canary or a watch",
    "servicequotas:GetServiceQuota": "quotas belong to the account",
    **dict.fromkeys(
        (
            "bedrock:GetFoundationModelAvailability",
            "bedrock:ListFoundationModelAgreementOffers",
            "bedrock:CreateFoundationModelAgreement",
            "bedrock:DeleteFoundationModelAgreement",
            "bedrock:GetUseCaseForModelAccess",
            "bedrock:PutUseCaseForModelAccess",
            "aws-marketplace:Subscribe",
            "aws-marketplace:Unsubscribe",
            "aws-marketplace:ViewSubscriptions",
        ),
        f"access to models {ACCOUNTS}",
    ),
    **dict.fromkeys(
        (f"bedrock:{verb}ModelInvocationLoggingConfiguration" for verb in ("Get", "Put", "Delete")),
        f"the one configuration of invocation logging {ACCOUNTS}",
    ),
    **dict.fromkeys(
        (
            *(f"logs:{verb}LogDelivery" for verb in ("Create", "Get", "Update", "Delete")),
            *("logs:ListLogDeliveries", "logs:DescribeLogGroups"),
            *("logs:PutResourcePolicy", "logs:DescribeResourcePolicies"),
        ),
        "Step Functions requires it to write a state machine's log: delivery of logs takes no ARN and no tag",
    ),
    **dict.fromkeys(
        (
            *("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
            *("xray:GetSamplingRules", "xray:GetSamplingTargets"),
        ),
        "traces have no ARN",
    ),
}
# No policy names them, or under a wildcard that names the deployment: each kind of what a deployment has.
MORE = (
    f"arn:aws:s3:::DEPLOYMENT-training-trainingdatabucket/{run_names.OUTPUT}support/a",
    f"arn:aws:bedrock:{REGION}:{ACCOUNT}:knowledge-base/DEPLOYMENT-knowledge-base-KnowledgeBase",
)


def requests_for(other: str, roles: Mapping[str, Role], own: str) -> Iterator[Request]:
    """All actions of each resource's kind, on the resources of the deployment `other`."""
    for resource in sorted({*_theirs(other, roles, own), *(text.replace("DEPLOYMENT", other) for text in MORE)}):
        for action in sorted(_actions(resource, roles)):
            for tags in ({}, creating(own, ALIAS_TAG, RESOURCE_TAG), creating(own, ALIAS_TAG)):
                yield Request(action, resource, {**_context(other, resource), **tags})


def reached(roles: Mapping[str, Role], request: Request) -> list[str]:
    return [name for name, role in roles.items() if allowed(role.statements, request)]


def _theirs(other: str, roles: Mapping[str, Role], own: str) -> Iterator[str]:
    """What our roles may use, under the other deployment's name; what Bedrock numbers has its tag only."""
    for role in roles.values():
        for resource in (text for item in role.statements for text in as_list(item["Resource"])):
            theirs = re.sub(rf"(?<![\w-]){own}(?=[-/])", other, resource)
            if theirs != resource or re.search(rf":bedrock:.*:{ACCOUNT}:.*\*$", resource):
                yield theirs.replace("*", "support")


def _context(other: str, resource: str) -> dict[str, str | tuple[str, ...]]:
    """Whatever else a statement may ask for: the two deployments are in the same account."""
    return {
        resource_tag_key(DEPLOYMENT_TAG): other,
        "aws:ResourceAccount": ACCOUNT,
        "s3:prefix": f"{run_names.OUTPUT}support/",
        "iam:PassedToService": "bedrock.amazonaws.com",
        "kms:ViaService": f"s3.{REGION}.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn": resource,
    }


def _actions(resource: str, roles: Mapping[str, Role]) -> set[str]:
    """Those of the resource's kind, and all that any role may do in its service."""
    service = resource.split(":")[2]
    granted = {action for role in roles.values() for item in role.statements for action in as_list(item["Action"])}
    same_service = {action for action in granted if action.startswith(f"{service}:")}
    known = get_actions_for_service(service)
    of_kind = {action for action in known if any(fits(resource, text) for text in resource_formats(action))}
    return {*of_kind, *same_service} - set(WITHOUT_ARN)
