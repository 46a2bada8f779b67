"""What one question costs, by estimate: Bedrock does not tell the tokens of RetrieveAndGenerate.

It is a lower bound: Bedrock's own prompt around question and passages, whose length it does not publish, is left out,
and so is what has an unknown price, which `missing` names. Stores that are paid by the hour cost nothing here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from deployment.costs.vector_stores import MANAGED_SERVICE
from kit.knowledge.deployed import Deployed
from kit.knowledge.described import Description
from kit.knowledge.search import Search
from model_catalog.prices import Price, price
from training_data.token_estimate import estimated_tokens


@dataclass(frozen=True)
class Cost:
    usd: float = 0.0
    missing: tuple[str, ...] = ()

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.usd + other.usd, tuple(dict.fromkeys((*self.missing, *other.missing))))


def question_cost(
    deployed: Deployed, search: Search, description: Description, question: str, passages: Sequence[str], answer: str
) -> Cost:
    region, section = deployed.region, search.knowledge_base.section
    if search.managed:  # embedding is in the price of the query, and no model answers
        found = price("query", service=MANAGED_SERVICE, region=region)
        return _of("queries of managed knowledge bases", 1, found)
    model = deployed.config.priced_model(section.model) if section else ""
    given = estimated_tokens([question, *passages, search.prompt or ""])
    costs = [
        _of(f"embedding tokens of {description.model}", estimated_tokens([question]), _embedding(description, region)),
        _of(f"input tokens of {model}", given, price("input_tokens", model=model, region=region)),
        _of(
            f"output tokens of {model}", estimated_tokens([answer]), price("output_tokens", model=model, region=region)
        ),
    ]
    if description.store == "S3_VECTORS":
        costs.append(_of("queries of S3 Vectors", 1, price("query", service="s3-vectors", region=region)))
    if search.rerank_arn and section and section.rerank_model:
        rerank = deployed.config.priced_model(section.rerank_model)
        costs.append(_of(f"queries of {rerank}", 1, price("rerank_query", model=rerank, region=region)))
    return sum(costs, Cost(0.0))


def judge_cost(deployed: Deployed, model: str, input_tokens: int, output_tokens: int) -> Cost:
    priced, region = deployed.config.priced_model(model), deployed.region
    return _of(f"input tokens of {priced}", input_tokens, price("input_tokens", model=priced, region=region)) + _of(
        f"output tokens of {priced}", output_tokens, price("output_tokens", model=priced, region=region)
    )


def _embedding(description: Description, region: str) -> Price | None:
    return price("embedding_tokens", model=description.model, region=region)


def _of(what: str, quantity: float, found: Price | None) -> Cost:
    return Cost(found.of(quantity)) if found else Cost(0.0, (what,))
