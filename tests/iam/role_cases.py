"""The cases of every role in the kit's templates, by "<stack>/<logical id>"."""

from tests.iam.cases import Cases, on, stream_of
from tests.iam.cases_agents import AGENTS
from tests.iam.cases_capacity import CAPACITY_ROLES
from tests.iam.cases_custom_resources import CUSTOM_RESOURCES
from tests.iam.cases_evaluation import EVALUATION
from tests.iam.cases_evaluation_jobs import EVALUATION_JOBS
from tests.iam.cases_fine_tuning import FINE_TUNING
from tests.iam.cases_imported_models import IMPORTED_MODELS
from tests.iam.cases_inference_api import INFERENCE_API
from tests.iam.cases_invocation_logging import INVOCATION_LOGGING
from tests.iam.cases_knowledge_base import KNOWLEDGE_BASES
from tests.iam.cases_knowledge_evaluation import KNOWLEDGE_EVALUATION
from tests.iam.cases_promotion import PROMOTION_CHECKS
from tests.iam.cases_training import TRAINING
from tests.iam.cases_training_data import TRAINING_DATA
from tests.iam.simulator import Request

ROLES: dict[str, Cases] = {
    **TRAINING_DATA,
    **TRAINING,
    **IMPORTED_MODELS,
    **PROMOTION_CHECKS,
    **EVALUATION,
    **EVALUATION_JOBS,
    **INVOCATION_LOGGING,
    **KNOWLEDGE_BASES,
    **KNOWLEDGE_EVALUATION,
    **AGENTS,
    **INFERENCE_API,
    **FINE_TUNING,
    **CUSTOM_RESOURCES,
    **CAPACITY_ROLES,
}
CDK_ROLES = {
    "inference-api/InferenceApiRestApiCloudWatchRole": "API Gateway's, with AWS's managed policy for its log groups",
}
LOG_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")


def allowed_requests(cases: Cases) -> list[Request]:
    logs = on(stream_of(cases.logs), *LOG_ACTIONS) if cases.logs else []
    return [*cases.allowed, *logs]


def denied_requests(cases: Cases) -> list[Request]:
    return [*cases.denied, *on(stream_of("somebody-elses-logs"), *LOG_ACTIONS)]
