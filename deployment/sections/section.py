"""The base of all sections, and the types of settings that several sections use."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

_NAME = r"[a-z](-?[a-z0-9])+$"
NAME = rf"^(?!.{{32}}|.*\n){_NAME}"  # 31 with the hyphens, and Python's $ is also before a line feed
REGION = r"^[a-z]{2,4}(-[a-z]+)+-\d$"
ACCOUNT = r"^[0-9]{12}$"
TIME = r"^([01]\d|2[0-3]):[0-5]\d$"
ADDRESS = r"^[A-Za-z0-9.!#%&'+/=^_`|~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
SERVICE = r"^[A-Za-z0-9 ().,:&/+'-]+$"
ENCODING = r"^[a-z0-9][a-z0-9_-]{1,30}$"
# Nothing that IAM reads as a wildcard or a policy variable: these values reach the resources of policies.
_MODEL_ID = r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){1,4}(:[a-z0-9]{1,63}){0,2}"
_BEDROCK = r"arn:aws(-[a-z]+)*:bedrock:[a-z0-9-]{1,20}:"
_PROFILE = r"[0-9]{12}:application-inference-profile/[a-zA-Z0-9-]{1,64}"
_OTHERS = r"[0-9]{12}:(provisioned-model|imported-model|custom-model-deployment|custom-model)/[a-zA-Z0-9.:/-]{1,200}"
_KINDS = rf":foundation-model/{_MODEL_ID}|[0-9]{{12}}:inference-profile/{_MODEL_ID}|{_PROFILE}|{_OTHERS}"
MODEL_ID = rf"^{_MODEL_ID}$"
MODEL_ID_OR_ARN = rf"^({_MODEL_ID}|{_BEDROCK}({_KINDS}))$"
MODEL_OR_ALIAS = rf"{MODEL_ID_OR_ARN}|^{_NAME}"
HTTPS_URL = r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~%!&'()+,;=:@/-]*)?$"
# Url of the API of Bedrock, without credentials, queries and fragments.
WEB_URL = r"^https?://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?(/[A-Za-z0-9._~%!&'()+,;=:@/-]*)?$"
USER_AGENT_SUFFIX = r"^[A-Za-z0-9][A-Za-z0-9._/-]{14,39}$"  # UserAgent of WebCrawlerConfiguration: 15 to 40
APPLICATION_PROFILE_ARN = rf"^{_BEDROCK}{_PROFILE}$"
KMS_KEY_ARN = r"^arn:aws(-[a-z]+)*:kms:[a-z0-9-]{1,20}:[0-9]{12}:key/[a-zA-Z0-9-]{1,64}$"
LAMBDA_ARN = (
    r"^arn:aws(-[a-z]+)*:lambda:[a-z0-9-]{1,20}:[0-9]{12}:function:[a-zA-Z0-9-_]{1,64}(:[a-zA-Z0-9-_]{1,128})?$"
)
CUSTOM_MODEL_ARN = rf"^{_BEDROCK}[0-9]{{12}}:custom-model/(imported|{_MODEL_ID})/[a-z0-9]{{12}}$"
# modelPackageArn of CreateCustomModel without what IAM reads as a wildcard or a policy variable.
MODEL_PACKAGE_ARN = (
    r"^arn:aws(-[a-z]+)*:sagemaker:[a-z0-9-]{9,16}:[0-9]{12}:model-package/[a-zA-Z0-9-]{1,63}(/[0-9]{1,9})?$"
)
PYTHON_HANDLER = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+$"
# S3Uri of CreateModelCustomizationJob without "*", which IAM would read as a wildcard.
S3_PREFIX = r"^s3://[a-z0-9][-.a-z0-9]{1,61}[a-z0-9](/[-!_'().a-zA-Z0-9]+)*/?$"
KNOWLEDGE_BASE_ID = r"^[0-9A-Z]{10}$"
TOPIC_ARN = r"^arn:aws(-[a-z]+)*:sns:[a-z0-9-]{1,20}:[0-9]{12}:[A-Za-z0-9_-]{1,256}$"
VARIABLE_NAME = r"^[0-9a-zA-Z]([_-]?[0-9a-zA-Z]){0,99}$"
SUBNET, SECURITY_GROUP = r"^subnet-[0-9a-z]{1,32}$", r"^sg-[0-9a-z]{1,32}$"
GUARDRAIL_PROFILE = r"^[a-z0-9-]{1,12}\.guardrail\.v[0-9]+:[0-9]+$"
# The prefix ends in a slash: "cats/" is not "cats-of-others/".
MEDIA_BUCKET = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/([A-Za-z0-9_.=-]+/)+)?$"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
_IAM_NAME = r"[A-Za-z0-9_+=,.@-]{1,64}"
IAM_CALLER = rf"^([0-9]{{12}}|arn:aws(-[a-z]+)*:iam::[0-9]{{12}}:(role|user)/({_IAM_NAME}/){{0,8}}{_IAM_NAME})$"
# A key as the API of Bedrock takes it, or a prefix that ends in a slash; a bucket alone would be all that is in it.
S3_SOURCE = r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9!_.'()=@+/-]{1,900}$"
S3_FOLDER = r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9!_.'()=@+/-]{0,900}/$"
BUCKET_NAME = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
BUCKET_PREFIX = r"^[A-Za-z0-9!_.'()=@+-][A-Za-z0-9!_.'()=@+/-]{0,255}$"
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
INGESTION_SCHEDULE = (
    r"(rate\((1 (hour|day)|([2-9]|[1-9][0-9]{1,3}) (hours|days))\)|cron\([0-9A-Z*?,/#-]+( [0-9A-Z*?,/#-]+){5}\))"
)
# Of a CI system: https://docs.github.com/en/actions/reference/security/oidc. These reach conditions of trust policies.
REPOSITORY = r"^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}/[A-Za-z0-9_.-]{1,100}$"
GITLAB_PROJECT = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}){1,20}$"
NUMERIC_ID = r"^[1-9][0-9]{0,19}$"
# https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html: connections have one of two prefixes.
CONNECTION_ARN = (
    r"^arn:aws(-[a-z]+)*:(codeconnections|codestar-connections):[a-z0-9-]{1,20}:[0-9]{12}:connection/[0-9a-f-]{36}$"
)
FULL_REPOSITORY = r"^[A-Za-z0-9_.-]{1,100}(/[A-Za-z0-9_.-]{1,100}){1,20}$"
GIT_BRANCH = r"^[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}$"
GITHUB_ENVIRONMENT = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$"
HOST_NAME = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"
ROLE_PREFIX = r"^[A-Za-z][A-Za-z0-9-]{0,47}$"  # with -github-deploy it is a name of IAM
# Errors describe a pattern in these words.
PATTERN_IN_WORDS = {
    NAME: "2 to 31 lowercase letters, digits and single hyphens, starting with a letter",
    REGION: "an AWS Region such as us-east-1",
    ACCOUNT: "the 12 digits of an AWS account, in quotes",
    TIME: "a time such as 08:00",
    ADDRESS: "an email address",
    SERVICE: "the name of a service as AWS bills it, such as Amazon Bedrock",
    ENCODING: "the name of an encoding such as windows-1252",
    MODEL_ID: "a model id such as amazon.nova-micro-v1:0",
    MODEL_ID_OR_ARN: (
        "a model id such as amazon.nova-micro-v1:0, or the ARN of a foundation model, an inference profile, an "
        "application inference profile, a provisioned model, an imported model or a custom model deployment"
    ),
    MODEL_OR_ALIAS: "the name of an alias in [inference_api.aliases.*], a model id or the ARN of what answers",
    HTTPS_URL: "a URL such as https://mcp.example.com/mcp, without a query",
    WEB_URL: "a URL such as https://www.example.com/docs/ (http or https, without a query and fragment)",
    USER_AGENT_SUFFIX: "15 to 40 letters, digits and . _ / -, starting with a letter or digit",
    APPLICATION_PROFILE_ARN: (
        "the ARN of an application inference profile "
        "(arn:PARTITION:bedrock:REGION:ACCOUNT:application-inference-profile/ID)"
    ),
    KMS_KEY_ARN: "the ARN of a KMS key (arn:PARTITION:kms:REGION:ACCOUNT:key/ID; no alias)",
    MEDIA_BUCKET: '"bucket" or "bucket/prefix/" (letters, digits and _ . = - in the prefix, and a slash at its end)',
    IAM_CALLER: "the 12 digits of an AWS account, or the ARN of a role or user (arn:PARTITION:iam::ACCOUNT:role/NAME)",
    S3_SOURCE: "s3://bucket/key or s3://bucket/prefix/ (letters, digits and ! _ . ' ( ) = @ + - /)",
    S3_FOLDER: "s3://bucket/prefix/ (letters, digits and ! _ . ' ( ) = @ + -, and a slash at its end)",
    BUCKET_NAME: "the name of a bucket, without s3://",
    BUCKET_PREFIX: "a prefix such as manuals/ (letters, digits and ! _ . ' ( ) = @ + - /, no slash at its start)",
    GUARDRAIL_PROFILE: "a guardrail profile such as us.guardrail.v1:0",
    LAMBDA_ARN: "the ARN of a Lambda function (arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME)",
    CUSTOM_MODEL_ARN: "the ARN of a custom model (arn:PARTITION:bedrock:REGION:ACCOUNT:custom-model/BASE/ID)",
    MODEL_PACKAGE_ARN: (
        "the ARN of a SageMaker model package (arn:PARTITION:sagemaker:REGION:ACCOUNT:model-package/NAME/VERSION)"
    ),
    PYTHON_HANDLER: "the handler of a Python function, such as grader.lambda_handler",
    S3_PREFIX: "an S3 URI such as s3://bucket/prefix/ (letters, digits and -!_'(). in it)",
    KNOWLEDGE_BASE_ID: "the id of a knowledge base: 10 capital letters and digits",
    TOPIC_ARN: "the ARN of an SNS topic (arn:PARTITION:sns:REGION:ACCOUNT:NAME), not a FIFO topic",
    VARIABLE_NAME: "letters and digits, with single - or _ between them",
    REPOSITORY: "a repository of GitHub, OWNER/NAME",
    GITLAB_PROJECT: "the path of a project of GitLab with its groups, GROUP/NAME",
    NUMERIC_ID: "a number of GitHub, in quotes",
    GIT_BRANCH: "the name of a branch, without wildcards (letters, digits and _ . / -)",
    GITHUB_ENVIRONMENT: "the name of an environment of GitHub (letters, digits and _ . -)",
    HOST_NAME: "a host name such as gitlab.example.com, without https://",
    ROLE_PREFIX: "up to 48 letters, digits and hyphens, starting with a letter",
    CONNECTION_ARN: "the ARN of a connection (arn:PARTITION:codeconnections:REGION:ACCOUNT:connection/ID)",
    FULL_REPOSITORY: "a repository such as owner/name or group/subgroup/name",
    SUBNET: "the id of a subnet such as subnet-0123456789abcdef0",
    SECURITY_GROUP: "the id of a security group such as sg-0123456789abcdef0",
}


def _a_schedule(text: str) -> str:
    if not re.fullmatch(INGESTION_SCHEDULE, text):
        raise ValueError(f"must be rate(1 day), rate(6 hours) or, in UTC, cron(0 5 * * ? *), got {text!r}")
    return text


def _below_the_file(path: Path, info: ValidationInfo) -> Path:
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / path


Name = Annotated[str, Field(pattern=re.compile(NAME))]  # of Python: Pydantic's own patterns look not ahead
EmailAddress = Annotated[str, Field(pattern=ADDRESS)]
ModelId = Annotated[str, Field(pattern=MODEL_ID)]
ModelIdOrArn = Annotated[str, Field(pattern=MODEL_ID_OR_ARN)]
ModelOrAlias = Annotated[str, Field(pattern=MODEL_OR_ALIAS)]
HttpsUrl = Annotated[str, Field(pattern=HTTPS_URL, max_length=2048)]
WebUrl = Annotated[str, Field(pattern=WEB_URL, max_length=2048)]
UserAgentSuffix = Annotated[str, Field(pattern=USER_AGENT_SUFFIX)]
ApplicationProfileArn = Annotated[str, Field(pattern=APPLICATION_PROFILE_ARN)]
KmsKeyArn = Annotated[str, Field(pattern=KMS_KEY_ARN)]
LambdaArn = Annotated[str, Field(pattern=LAMBDA_ARN)]
CustomModelArn = Annotated[str, Field(pattern=CUSTOM_MODEL_ARN)]
ModelPackageArn = Annotated[str, Field(pattern=MODEL_PACKAGE_ARN)]
PythonHandler = Annotated[str, Field(pattern=PYTHON_HANDLER)]
S3Prefix = Annotated[str, Field(pattern=S3_PREFIX, max_length=1024)]
KnowledgeBaseId = Annotated[str, Field(pattern=KNOWLEDGE_BASE_ID)]
TopicArn = Annotated[str, Field(pattern=TOPIC_ARN)]
VariableName = Annotated[str, Field(pattern=VARIABLE_NAME)]
SubnetId = Annotated[str, Field(pattern=SUBNET)]
SecurityGroupId = Annotated[str, Field(pattern=SECURITY_GROUP)]
MediaBucket = Annotated[str, Field(pattern=MEDIA_BUCKET)]
IamCaller = Annotated[str, Field(pattern=IAM_CALLER)]
ServiceName = Annotated[str, Field(pattern=SERVICE)]
# Relative to the folder of deployment.toml, which load_deployment_config passes as context.
FilePath = Annotated[Path, AfterValidator(_below_the_file)]
S3Source = Annotated[str, Field(pattern=S3_SOURCE)]
S3Folder = Annotated[str, Field(pattern=S3_FOLDER)]
BucketName = Annotated[str, Field(pattern=BUCKET_NAME)]
BucketPrefix = Annotated[str, Field(pattern=BUCKET_PREFIX)]
IngestionSchedule = Annotated[str, AfterValidator(_a_schedule)]  # its * and ? reach no policy
AccountId = Annotated[str, Field(pattern=ACCOUNT)]
Removal = Literal["retain", "destroy"]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
