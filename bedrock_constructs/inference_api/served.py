"""What the API serves, from what a user knows of it: ids of models, and knowledge bases of any kind."""

from collections.abc import Mapping
from typing import Protocol

import aws_cdk as cdk
from constructs import Construct

from bedrock_constructs.arguments import check_text
from bedrock_constructs.inference_api.targets import AliasTarget, ServedAlias, ServedKnowledgeBase
from bedrock_constructs.model_arns import invoke_arns
from kit_contract.embedding_models import EMBEDDING_MODELS
from kit_contract.environment import PARTITION
from kit_contract.inference_api import Alias, KnowledgeBase, Model
from kit_contract.placeholders import placed

TRAINED = ("provisioned", "on-demand", "base")


class SearchedKnowledgeBase(Protocol):
    """A knowledge base of this app, such as DocumentKnowledgeBase. `store`: Bedrock's type of its store."""

    @property
    def knowledge_base_id(self) -> str: ...

    @property
    def store(self) -> str: ...


def model_target(scope: Construct, model: str) -> AliasTarget:
    """`model`: the id of a foundation model or of an inference profile (`us.` ...), or the ARN of any model."""
    check_text("model", model, ".+", "the id or ARN of a model")
    return AliasTarget(model=model, invoke_arns=invoke_arns(scope, model))


def served_alias(scope: Construct, model: str, *, trained: bool = False, guardrail: str | None = None) -> ServedAlias:
    """An alias of `model`. `trained`: a custom model or a throughput serves it once there is one, and `model` before.

    `guardrail`: the name of one that the API has.
    """
    embedding = model if model in EMBEDDING_MODELS else None
    order = TRAINED if trained else ("base",)
    return ServedAlias(model_target(scope, model), order, embedding, one_model=not trained, guardrail=guardrail)


def served_aliases(scope: Construct, aliases: Mapping[str, ServedAlias | str]) -> dict[str, ServedAlias]:
    return {name: served_alias(scope, item) if isinstance(item, str) else item for name, item in aliases.items()}


def served_knowledge_bases(
    scope: Construct, given: Mapping[str, ServedKnowledgeBase | SearchedKnowledgeBase], answering_model: str | None
) -> dict[str, ServedKnowledgeBase]:
    """Raises ValueError where no model is named that writes the answers."""
    found = {}
    for name, item in given.items():
        if isinstance(item, ServedKnowledgeBase):
            found[name] = item
        elif answering_model:
            model = model_target(scope, answering_model)
            found[name] = ServedKnowledgeBase(item.knowledge_base_id, model, store=item.store)
        else:
            raise ValueError(f"knowledge_bases.{name} needs a model that answers; give the API an answering_model")
    return found


def alias_settings(aliases: Mapping[str, ServedAlias]) -> dict[str, Alias]:
    return {
        name: Alias(
            base=_model(item.base),
            order=tuple(item.order),
            embedding=item.embedding,
            one_model=item.one_model,
            guardrail=item.guardrail,
            prices=item.prices,
            prompt=item.prompt,
            profile_arn=item.profile_arn,
        )
        for name, item in aliases.items()
    }


def knowledge_base_settings(knowledge_bases: Mapping[str, ServedKnowledgeBase]) -> dict[str, KnowledgeBase]:
    return {
        name: KnowledgeBase(
            id=item.id,
            model=_model(item.model),
            rerank_model_arn=item.rerank_model_arn,
            guardrail=item.guardrail,
            store=item.store,
            prompt=item.prompt,
            parameter=item.parameter,
        )
        for name, item in knowledge_bases.items()
    }


def _model(target: AliasTarget) -> Model:
    return Model(id=target.model, arn=target.invoke_arns[0])


def in_file(scope: Construct, text: str) -> str:
    """`text` for a file of the function's code, which can hold no token."""
    stack = cdk.Stack.of(scope)
    return placed(text, partition=_token(stack.partition), region=_token(stack.region))


def _token(value: str) -> str:
    """`value` if the deploy decides it, or an empty text."""
    return value if cdk.Token.is_unresolved(value) else ""


def partition_variable(scope: Construct) -> dict[str, str]:
    """For the function, if only the deploy knows it: another variable would change every function that is deployed."""
    partition = cdk.Stack.of(scope).partition
    return {PARTITION: partition} if cdk.Token.is_unresolved(partition) else {}
