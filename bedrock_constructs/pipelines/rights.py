"""What `kit diff`, `kit deploy` and `kit drift` call with the caller's own permissions, as IAM statements.

Everything else of a deploy is done by the roles of `cdk bootstrap`, which the deploy role may assume.
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from bedrock_constructs.pipelines.drift_reads import DRIFT_READS
from kit_contract.parameters import deploy_record, deployment_path
from kit_contract.stacks import MANIFESTS_PREFIX
from kit_contract.tags import DEPLOYMENT_TAG, resource_tag_key

STACK_PART = 24  # of the stack's name in the name that CloudFormation gives to a bucket
# Lists and looks of what may be billed, or was deleted by hand. Most take no resource, or ids that Bedrock chose.
LISTED = (
    "aoss:BatchGetCollection",
    "aoss:ListCollections",
    "aoss:ListTagsForResource",
    "bedrock-agentcore:GetGateway",
    "bedrock-agentcore:GetGatewayTarget",
    "bedrock-agentcore:GetHarnessEndpoint",
    "bedrock-agentcore:GetMemory",
    "bedrock:GetCustomModel",
    "bedrock:GetCustomModelDeployment",
    "bedrock:GetDataSource",
    "bedrock:GetFoundationModelAvailability",
    "bedrock:GetGuardrail",
    "bedrock:GetImportedModel",
    "bedrock:GetInferenceProfile",
    "bedrock:GetKnowledgeBase",
    "bedrock:GetMarketplaceModelEndpoint",
    "bedrock:GetModelInvocationLoggingConfiguration",
    "bedrock:GetPrompt",
    "bedrock:GetProvisionedModelThroughput",
    "bedrock:ListCustomModelDeployments",
    "bedrock:ListCustomModels",
    "bedrock:ListDataSources",
    "bedrock:ListFoundationModelAgreementOffers",
    "bedrock:ListImportedModels",
    "bedrock:ListIngestionJobs",
    "bedrock:ListMarketplaceModelEndpoints",
    "bedrock:ListModelCustomizationJobs",
    "bedrock:ListProvisionedModelThroughputs",
    "bedrock:ListTagsForResource",
    "cloudformation:DescribeStacks",
    "rds:DescribeDBClusters",
    "s3vectors:GetIndex",
)
# Of kit verify --preflight, beside what is listed.
PREFLIGHT = (
    "bedrock:GetUseCaseForModelAccess",
    "bedrock:ListFoundationModels",
    "bedrock:ListGuardrails",
    "bedrock:ListInferenceProfiles",
    "bedrock:ListKnowledgeBases",
    "lambda:GetAccountSettings",
    "s3vectors:ListVectorBuckets",
    "servicequotas:GetAWSDefaultServiceQuota",
    "servicequotas:GetServiceQuota",
)
DETECT = (
    "cloudformation:DescribeStackResourceDrifts",
    "cloudformation:DetectStackDrift",
    "cloudformation:DetectStackResourceDrift",
)
BOOTSTRAP_ROLES = ("deploy-role", "file-publishing-role", "lookup-role")


class Rights:
    """Of one deployment in the account and Region of `stack`. `qualifier` is that of `cdk bootstrap`."""

    def __init__(self, stack: cdk.Stack, kit_deployment: str, qualifier: str) -> None:
        self._stack, self._name, self._qualifier = stack, kit_deployment, qualifier

    def diff(self) -> list[iam.PolicyStatement]:
        """Reads no training data, no document and no secret: whoever may push a branch may run code with it."""
        bucket = f"{self._name}-"[:STACK_PART]
        return [
            _allow(LISTED, "*"),
            _allow(("cloudformation:GetTemplate",), self._stacks()),
            _allow(("states:DescribeExecution",), self._arn("states", "execution", f"{self._name}-*", separator=":")),
            _allow(("ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParametersByPath"), *self._parameters()),
            _allow(("s3:ListBucket",), self._bucket(f"{bucket}*")),
            _allow(("s3:GetObject",), self._bucket(f"{bucket}*/{MANIFESTS_PREFIX}*")),
        ]

    def drift(self) -> list[iam.PolicyStatement]:
        """Drift detection reads the configuration of each resource with the caller's permissions."""
        return [
            *self.diff(),
            _allow(DETECT, self._stacks()),
            _allow(("cloudformation:DescribeStackDriftDetectionStatus",), "*"),
            _allow(("ssm:GetParameters",), *self._parameters()),
            _allow(DRIFT_READS, "*"),
        ]

    def deploy(self) -> list[iam.PolicyStatement]:
        return [
            *self.diff(),
            _allow(PREFLIGHT, "*"),
            _allow(("ssm:GetParameter",), self._arn("ssm", "parameter", f"cdk-bootstrap/{self._qualifier}/version")),
            _allow(("ssm:PutParameter",), self._arn("ssm", "parameter", deploy_record(self._name).removeprefix("/"))),
            _allow(("sts:AssumeRole",), *(self._bootstrap_role(role) for role in BOOTSTRAP_ROLES)),
            iam.PolicyStatement(  # the questions after the deploy are asked with the API's first key
                actions=["secretsmanager:GetSecretValue"],
                resources=[self._arn("secretsmanager", "secret", "*", separator=":")],
                conditions={"StringEquals": {resource_tag_key(DEPLOYMENT_TAG): self._name}},
            ),
        ]

    def _stacks(self) -> str:
        return self._arn("cloudformation", "stack", f"{self._name}-*/*")

    def _parameters(self) -> list[str]:
        path = deployment_path(self._name).removeprefix("/")
        return [self._arn("ssm", "parameter", path), self._arn("ssm", "parameter", f"{path}/*")]

    def _bootstrap_role(self, role: str) -> str:
        account, region = self._stack.account, self._stack.region
        name = f"cdk-{self._qualifier}-{role}-{account}-{region}"
        return self._stack.format_arn(service="iam", region="", resource="role", resource_name=name)

    def _bucket(self, name: str) -> str:
        return self._stack.format_arn(service="s3", region="", account="", resource=name)

    def _arn(self, service: str, resource: str, name: str, *, separator: str = "/") -> str:
        form = cdk.ArnFormat.SLASH_RESOURCE_NAME if separator == "/" else cdk.ArnFormat.COLON_RESOURCE_NAME
        return self._stack.format_arn(service=service, resource=resource, resource_name=name, arn_format=form)


def _allow(actions: tuple[str, ...], *resources: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=list(actions), resources=list(resources))
