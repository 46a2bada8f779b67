"""What the API serves: aliases with what is called for them, and knowledge bases."""

from collections.abc import Sequence
from dataclasses import dataclass

from bedrock_constructs.arguments import check_each, check_kind, check_text
from kit_contract.inference_api import Prices, Prompt
from kit_contract.vector_stores import UNKNOWN

TARGETS = ("provisioned", "on-demand", "base")


@dataclass(frozen=True)
class AliasTarget:
    """`model`: id or ARN. `invoke_arns`: its ARN, then those of the models that a profile routes to."""

    model: str
    invoke_arns: Sequence[str]


@dataclass(frozen=True)
class ServedAlias:
    """`order`: the places to try, first to last, each "provisioned", "on-demand" or "base".

    `embedding`: the id of the embedding model, None for a model that answers. `one_model`: InvokeModel may fall back,
    because all targets are the same base model or were trained from it.
    `guardrail`: its name. `prompt`: comes before the caller's system messages. `prices`: for the log.
    `imported`: an imported model of the deployment may serve it. `profile_arn`: the application inference profile
    through which the base model is called.
    """

    base: AliasTarget
    order: Sequence[str]
    embedding: str | None = None
    one_model: bool = False
    guardrail: str | None = None
    imported: bool = False
    prices: Prices | None = None
    prompt: Prompt | None = None
    profile_arn: str | None = None

    def __post_init__(self) -> None:
        check_each("order", self.order, "|".join(TARGETS), f"one of {', '.join(TARGETS)}")
        if not self.order:
            raise ValueError(f"order must name at least one of {', '.join(TARGETS)}, got none; add one")

    @property
    def targets(self) -> list[AliasTarget]:
        """What is called as its base model: the model itself, too, should the profile be gone."""
        if "base" not in self.order:
            return []
        profile = [AliasTarget(self.profile_arn, [self.profile_arn])] if self.profile_arn else []
        return [self.base, *profile]


@dataclass(frozen=True)
class ServedKnowledgeBase:
    """`model` answers /v1/retrieve-and-generate if the request names no alias. `guardrail`: its name.

    `rerank_model_arn`: the foundation model that searches may rerank with. `store`: Bedrock's type, such as
    S3_VECTORS or MANAGED: searches that it can't do are refused before the call.
    `prompt`: the template of what the model is asked, with $search_results$ in it; Bedrock's own if None.
    `parameter`: SSM parameter with its id, which the API follows: a replacement has the deployment's tag as well.
    """

    id: str
    model: AliasTarget
    rerank_model_arn: str | None = None
    guardrail: str | None = None
    store: str = UNKNOWN
    prompt: str | None = None
    parameter: str | None = None

    def __post_init__(self) -> None:
        check_text("id", self.id, ".+", "the id of a knowledge base")
        check_kind("model", self.model, AliasTarget, "what model_target gives")
