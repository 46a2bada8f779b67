"""rerankingConfiguration of a search: which models there are, what Bedrock refuses, and whose permissions count.

Regions: https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-supported.html
Permissions: https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-prereq.html
Messages: https://github.com/awslabs/mcp/pull/128, https://github.com/aws-samples/dify-aws-tool/pull/159
"""

import re
from typing import Any

from ministack.core.responses import get_region
from ministack.services import bedrock_agent

from local_aws.extension.bedrock.responses import BedrockError
from local_aws.extension.bedrock.service_roles import role_allows_on

AMAZON_REGIONS = ("ap-northeast-1", "ca-central-1", "eu-central-1", "us-west-2")
REGIONS = {"amazon.rerank-v1:0": AMAZON_REGIONS, "cohere.rerank-v3-5:0": (*AMAZON_REGIONS, "us-east-1")}
MODEL_ARN = re.compile(r"arn:aws[a-z-]*:bedrock:([a-z0-9-]+)::foundation-model/(.+)")
TYPE = "BEDROCK_RERANKING_MODEL"
MAX_RESULTS = 100


def check(search: dict[str, Any], count: int) -> int | None:
    """How many of `count` results stay, None without reranking. Raises BedrockError.

    What Bedrock says to more than `count` is not known; more than there are sources is refused by Rerank.
    """
    if "rerankingConfiguration" not in search:
        return None
    if get_region() not in REGIONS["cohere.rerank-v3-5:0"]:
        raise _refused("Your account is unauthorized to use RerankingConfiguration.")
    configuration = search["rerankingConfiguration"] or {}
    if configuration.get("type") != TYPE:
        raise _refused(f"rerankingConfiguration.type must be {TYPE}")
    bedrock = configuration.get("bedrockRerankingConfiguration") or {}
    check_model(_model_arn(search))
    kept = bedrock.get("numberOfRerankedResults", count)
    if isinstance(kept, bool) or not isinstance(kept, int) or not 1 <= kept <= MAX_RESULTS:
        raise _refused(f"numberOfRerankedResults must be 1 to {MAX_RESULTS}, got {kept}")
    if kept > count:
        raise _refused("Cannot provide numberOfRerankedResults value that exceeds numberOfResults.")
    return kept


def check_model(arn: str) -> None:
    """Raise BedrockError unless this Region has the reranking model."""
    match = MODEL_ARN.fullmatch(arn)
    if match is None or match[2] not in REGIONS or get_region() not in REGIONS[match[2]] or match[1] != get_region():
        raise _refused(
            "The provided model ARN for reranking is invalid. Please, use a valid model ARN. Also check the model ARN "
            "follows this format: arn:<partition>:bedrock:<region>:<foundation-model/<model-id>"
        )


def check_service_role(knowledge_base: str, search: dict[str, Any]) -> None:
    """Retrieve reranks with the knowledge base's service role. Raises BedrockError."""
    held = bedrock_agent._knowledge_bases.get(knowledge_base)
    if held is None or "rerankingConfiguration" not in search:
        return
    role = held["RoleArn"]
    if not (
        role_allows_on(role, "bedrock:Rerank", "*") and role_allows_on(role, "bedrock:InvokeModel", _model_arn(search))
    ):
        raise BedrockError(
            "AccessDeniedException", f"Knowledge base role {role} is not able to call specified bedrock reranking model"
        )


def _model_arn(search: dict[str, Any]) -> str:
    bedrock = (search["rerankingConfiguration"] or {}).get("bedrockRerankingConfiguration") or {}
    return str((bedrock.get("modelConfiguration") or {}).get("modelArn") or "")


def _refused(message: str) -> BedrockError:
    return BedrockError("ValidationException", message)
