"""Filters and sorts models. Models with an unknown fact do not fit, and are reported apart."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from model_catalog.lifecycle import state
from model_catalog.model import Model
from model_catalog.prices import Price, price

DEFAULT_REGION = "us-east-1"
ANY_METHOD = "ANY"


def method_name(text: str) -> str:
    """A customization method in Bedrock's spelling: fine-tuning becomes FINE_TUNING."""
    return text.upper().replace("-", "_")


@dataclass(frozen=True)
class Filters:
    """None and False do not filter. `serve` is "on-demand" or "provisioned"; prices are US dollars per million tokens.

    With `customizable`, `region` is where you train and `serve` how you serve the custom model. Legacy models are left
    out, because Bedrock starts no new job on them.
    """

    provider: str | None = None
    modality: str | None = None
    output: str | None = None
    region: str | None = None
    customizable: str | None = None
    serve: str | None = None
    min_context: int | None = None
    max_price_in: float | None = None
    max_price_out: float | None = None
    tools: bool = False
    streaming: bool = False
    active: bool = False


@dataclass(frozen=True)
class Selection:
    """The models that fit, and in `unknown` those that may fit: a fact is unknown."""

    models: tuple[Model, ...]
    unknown: tuple[Model, ...]


def select(models: Iterable[Model], filters: Filters, today: datetime.date) -> Selection:
    """`today` decides which models have ended."""
    fitting, unknown = [], []
    for model in models:
        answers = _answers(model, filters, state(model, today, filters.region))
        if all(answers):
            fitting.append(model)
        elif False not in answers:
            unknown.append(model)
    return Selection(tuple(fitting), tuple(unknown))


def price_in(model: Model, region: str | None) -> Price | None:
    """The price of (text) input tokens, or of embedded tokens for an embedding model."""
    kind = "embedding_tokens" if "embedding" in model.output else "input_tokens"
    return _price(kind, model, region)


def price_out(model: Model, region: str | None) -> Price | None:
    return _price("output_tokens", model, region)


SORT_KEYS: dict[str, Callable[[Model, str | None], float | str | None]] = {
    "id": lambda model, _: model.inference_id,
    "provider": lambda model, _: model.provider.lower(),
    "context": lambda model, _: None if model.context_tokens is None else -model.context_tokens,
    "price-in": lambda model, region: _usd(price_in(model, region)),
    "price-out": lambda model, region: _usd(price_out(model, region)),
    "end-of-life": lambda model, _: model.lifecycle.end_of_life,
}


def sort(models: Sequence[Model], key: str, region: str | None = None) -> list[Model]:
    """Sort by a key of SORT_KEYS: context descending, all others ascending, unknown values last."""
    keyed = [(SORT_KEYS[key](model, region), model) for model in models]
    known = sorted(((value, model) for value, model in keyed if value is not None), key=_by_value)
    return [model for _, model in known] + [model for value, model in keyed if value is None]


def _by_value(item: tuple[float | str, Model]) -> tuple[float, str, str]:
    value, model = item
    return (value, "", model.inference_id) if isinstance(value, int | float) else (0, value, model.inference_id)


def _answers(model: Model, filters: Filters, status: str | None) -> list[bool | None]:
    answers = [
        filters.provider is None or filters.provider.lower() in model.provider.lower(),
        filters.modality is None or filters.modality in model.input,
        filters.output is None or filters.output in model.output,
        not filters.tools or model.tools,
        not filters.streaming or model.streaming,
        filters.min_context is None or _at_most(filters.min_context, model.context_tokens),
        filters.max_price_in is None or _at_most(_usd(price_in(model, filters.region)), filters.max_price_in),
        filters.max_price_out is None or _at_most(_usd(price_out(model, filters.region)), filters.max_price_out),
        not filters.active or status == "ACTIVE" or (model.mantle_only and status is None),
    ]
    if filters.customizable:
        return [*answers, status not in ("LEGACY", "ENDED") and _customizable(model, filters)]
    served = {"on-demand": bool(model.regions), "provisioned": bool(model.provisioned)}
    region = filters.region is None or filters.region in _regions(model, filters.serve)
    return [*answers, region, filters.serve is None or served[filters.serve]]


def _customizable(model: Model, filters: Filters) -> bool:
    wanted = filters.customizable
    methods = [found for method, found in model.customizations.items() if wanted in (ANY_METHOD, method)]
    served = {"on-demand": model.serving.on_demand, "provisioned": model.serving.provisioned}
    there = [found for found in methods if filters.region is None or filters.region in found.regions]
    return bool(there) and (filters.serve is None or served[filters.serve])


def _regions(model: Model, serve: str | None) -> tuple[str, ...]:
    if serve == "provisioned":
        return tuple(region for regions in model.provisioned.values() for region in regions)
    return model.regions


def _at_most(low: float | None, high: float | None) -> bool | None:
    return None if low is None or high is None else low <= high


def _price(kind: str, model: Model, region: str | None) -> Price | None:
    """Without a region: the price in us-east-1, or in the first region that has one."""
    regions = (region,) if region else (DEFAULT_REGION, *model.regions)
    ids = [model.inference_id, *(["global." + model.inference_id] if "global" in model.profiles else [])]
    found = (price(kind, model=id_, region=place) for id_ in ids for place in regions)
    return next((item for item in found if item), None)


def _usd(found: Price | None) -> float | None:
    return found.of(1_000_000) if found else None
