"""Faults: what AWS answers in states of an account that no request brings about here. fault_switch.py switches them.

unverified-account  AWS has not verified the account: models are NOT_AUTHORIZED, calls end with "Operation not allowed"
                    https://github.com/kirodotdev/Kiro/issues/11191, https://github.com/aws/aws-cli/issues/8717
payment-refused     AWS Marketplace refuses an agreement: PENDING, then NOT_AVAILABLE again
                    https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html
legacy-access-ended the account has not called the Legacy models for 15 days
                    https://github.com/aws-samples/amazon-bedrock-workshop/issues/386
absent-as-invalid   Bedrock reports what is absent as ValidationException, as it does for the model of a call
                    https://github.com/aws/aws-sdk-js-v3/issues/6424
slow-roles          IAM takes minutes to bring a role of a stack into effect: no knowledge base can be created with it
                    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
throttling          every second call of Bedrock is throttled
                    https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
failing-jobs        Bedrock's own error ends each customization job, after hours or, as here, in its validation; import
                    and copy jobs and CreateCustomModel end with it, too
                    https://docs.aws.amazon.com/bedrock/latest/userguide/fine-tuning-troubleshooting.html
failing-models      the newest custom model fails at each request: ModelErrorException
                    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
failing-evaluations a quota is too low for the judge of each evaluation job; the message as a user saw it
                    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetEvaluationJob.html
failing-tools       the Lambda functions behind a gateway's tools fail: the model gets a result with the status error
                    https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-using-mcp-call.html
timed-out-tools     these functions do not answer in time
                    https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
denied-objects      S3 denies reading objects: AccessDenied, and to HEAD a 403 without a body or a code
                    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
paused-databases    an Aurora cluster of 0 ACU pauses after a second without requests
                    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
"""

import itertools
from collections.abc import Iterable

UNVERIFIED_ACCOUNT = "unverified-account"
PAYMENT_REFUSED = "payment-refused"
LEGACY_ACCESS_ENDED = "legacy-access-ended"
ABSENT_AS_INVALID = "absent-as-invalid"
SLOW_ROLES = "slow-roles"
THROTTLING = "throttling"
DENIED_OBJECTS = "denied-objects"
FAILING_JOBS = "failing-jobs"
FAILING_MODELS = "failing-models"
FAILING_EVALUATIONS = "failing-evaluations"
FAILING_TOOLS = "failing-tools"
TIMED_OUT_TOOLS = "timed-out-tools"
PAUSED_DATABASES = "paused-databases"
NAMES = {
    *(UNVERIFIED_ACCOUNT, PAYMENT_REFUSED, LEGACY_ACCESS_ENDED, ABSENT_AS_INVALID),
    *(SLOW_ROLES, THROTTLING, DENIED_OBJECTS, FAILING_JOBS, FAILING_MODELS, FAILING_EVALUATIONS),
    *(FAILING_TOOLS, TIMED_OUT_TOOLS, PAUSED_DATABASES),
}

UNEXPECTED = "Encountered an unexpected error when processing the request. Please try again"  # of failing-jobs

_on: set[str] = set()
_calls = itertools.count()


def switch(names: Iterable[object]) -> None:
    """Switch on these faults and no others. Raises ValueError for an unknown name."""
    wanted = {str(name).strip() for name in names}
    if unknown := wanted - NAMES:
        known = ", ".join(sorted(NAMES))
        raise ValueError(f"KIT_FAULTS takes {known}; got {', '.join(sorted(unknown))}")
    _on.clear()
    _on.update(wanted)


def switched_on() -> list[str]:
    return sorted(_on)


def is_on(name: str) -> bool:
    return name in _on


def throttles() -> bool:
    """Whether this call is one to throttle."""
    return is_on(THROTTLING) and next(_calls) % 2 == 0
