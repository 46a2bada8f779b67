"""What requests to the API cost: tokens of the model, API Gateway and Lambda."""

from collections.abc import Iterator
from dataclasses import dataclass

from deployment.config import DeploymentConfig
from deployment.costs.guardrails import GuardedText, guardrail_lines
from deployment.costs.imported_models import copy_lines
from deployment.costs.lines import CostGroup, CostLine, line
from deployment.sections.guardrails import Guardrail
from kit_contract.counted import counted
from kit_contract.embedding_models import EMBEDDING_MODELS
from model_catalog.catalog import without_prefix
from model_catalog.prices import price

FUNCTION_GIGABYTES = 0.25  # memory of the API's function
FUNCTIONS_PER_REQUEST = 2  # the authorizer and the API's function


@dataclass(frozen=True)
class Traffic:
    """The number of requests; of each, its input and output tokens and the seconds until it is answered."""

    requests: int = 1000
    input_tokens: int = 300
    output_tokens: int = 200
    seconds: float = 2.0


def inference_api_groups(config: DeploymentConfig, traffic: Traffic) -> list[CostGroup]:
    """A group for each alias's foundation model, and one for each custom model on demand."""
    region = config.deployment.region
    groups = []
    for alias, target in config.aliases.items():
        model = config.priced_model(target.model)
        groups.append(
            _group(
                f"alias {alias}, {target.model}",
                f"requests.{alias}",
                traffic,
                model,
                region,
                "",
                _guardrail(config, alias),
            )
        )
    for name, item in config.custom_models.items():
        if name in config.imported_models:
            title, group = f"alias {item.alias}, imported model {name}", f"requests.{item.alias}.{name}"
            lines = (*copy_lines(region), *serving_lines(traffic, region))
            groups.append(CostGroup(group, f"{counted(traffic.requests, 'request')} to {title}", lines))
        elif item.serving == "on-demand":
            title = f"alias {item.alias}, custom model {name} on demand"
            group = f"requests.{item.alias}.{name}"
            guardrail = _guardrail(config, item.alias)
            groups.append(_group(title, group, traffic, item.base_model, region, "custom_", guardrail))
    return groups


def _guardrail(config: DeploymentConfig, alias: str) -> Guardrail | None:
    served = config.aliases.get(alias)
    return config.guardrails.get(served.guardrail or "") if served else None


def _group(
    title: str, name: str, traffic: Traffic, model: str, region: str, prefix: str, guardrail: Guardrail | None
) -> CostGroup:
    text = GuardedText(traffic.input_tokens, traffic.output_tokens)
    lines = (
        *token_lines(traffic, model, region, prefix),
        *guardrail_lines(guardrail, text, traffic.requests, region),
        *serving_lines(traffic, region),
    )
    return CostGroup(name, f"{counted(traffic.requests, 'request')} to {title}", lines)


def token_lines(traffic: Traffic, model: str, region: str, prefix: str = "") -> Iterator[CostLine]:
    """`prefix` is "custom_" for a custom model on demand, whose price may differ from its base model's."""
    kind = "custom model of " if prefix else ""
    if without_prefix(model) in EMBEDDING_MODELS:
        yield line(
            "embedded tokens",
            f"{traffic.requests:,} x {traffic.input_tokens:,} tokens",
            traffic.requests * traffic.input_tokens,
            price("embedding_tokens", model=model, region=region),
            missing=f"embedded tokens of {model} in {region}",
        )
        return
    for way, tokens in (("input", traffic.input_tokens), ("output", traffic.output_tokens)):
        yield line(
            f"{way} tokens",
            f"{traffic.requests:,} x {tokens:,} tokens",
            traffic.requests * tokens,
            price(f"{prefix}{way}_tokens", model=model, region=region),
            missing=f"{way} tokens of {kind}{model} in {region}",
        )


def serving_lines(traffic: Traffic, region: str) -> Iterator[CostLine]:
    seconds = traffic.requests * traffic.seconds * FUNCTION_GIGABYTES
    for part, what, quantity, kind, service in (
        ("API Gateway", counted(traffic.requests, "request"), traffic.requests, "request", "api-gateway"),
        ("Lambda", f"{FUNCTIONS_PER_REQUEST} functions each", traffic.requests * 2, "request", "lambda"),
        ("Lambda time", f"{traffic.seconds:g} s x {FUNCTION_GIGABYTES} GB each", seconds, "gb_second", "lambda"),
    ):
        found = price(kind, service=service, region=region)
        yield line(part, what, quantity, found, missing=f"{part} in {region}")
