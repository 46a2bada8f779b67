"""`kit models`: lists the models that match the filters, as a table of at most 120 columns or as JSON."""

import argparse
import json

from kit.models.facts import facts, money, today, tokens, yes_no
from kit.table import table
from kit_contract.errors import InputError
from model_catalog.data_files import models
from model_catalog.lifecycle import state
from model_catalog.model import Model
from model_catalog.selection import (
    ANY_METHOD,
    SORT_KEYS,
    Filters,
    method_name,
    price_in,
    price_out,
    select,
    sort,
)

FILTERS = tuple(Filters.__dataclass_fields__)
METHODS = ("FINE_TUNING", "DISTILLATION", "REINFORCEMENT_FINE_TUNING", "CONTINUED_PRE_TRAINING")
LETTERS = {"text": "T", "image": "I", "video": "V", "audio": "A", "speech": "S", "embedding": "E"}
LEGEND = """T text, I image, V video, A audio, S speech, E embedding.
CTX, MAX: input and output tokens. $: per million tokens. TRAIN: F fine-tuning, D distillation, R reinforcement.
CALL: by its own id, through an inference profile, both (depends on the region), or only at the bedrock-mantle endpoint.
Small letters: the model is Legacy, Bedrock starts no new job. ENDS: L Legacy, X has ended. *: sources differ, see
kit models show ID. ?: unknown. Legacy models take no new customers and no new provisioned throughput; an account may
lose access after 15 days without a request."""
ENDINGS = {"LEGACY": "L", "ENDED": "X"}
HEADINGS = ("MODEL", "IN", "OUT", "CTX", "MAX", "$ IN", "$ OUT", "TOOL", "TRAIN", "CALL", "ENDS")


def add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--provider", help="part of the provider's name")
    parser.add_argument("--modality", choices=tuple(LETTERS), help="accepts this input")
    parser.add_argument("--output", choices=tuple(LETTERS), help="produces this output")
    parser.add_argument("--region", help="can be called from this region (with --customizable: trained in it)")
    parser.add_argument(
        "--customizable",
        nargs="?",
        const=ANY_METHOD,
        type=method_name,
        choices=(ANY_METHOD, *METHODS),
        metavar="METHOD",
        help=f"{', '.join(METHODS)}; default: any",
    )
    parser.add_argument("--serve", choices=("on-demand", "provisioned"), help="how its custom models can be served")
    parser.add_argument("--min-context", type=int, metavar="TOKENS")
    parser.add_argument("--max-price-in", type=float, metavar="USD", help="per million input tokens")
    parser.add_argument("--max-price-out", type=float, metavar="USD", help="per million output tokens")
    parser.add_argument("--tools", action="store_true", help="calls tools")
    parser.add_argument("--streaming", action="store_true", help="streams its answer")
    parser.add_argument("--active", action="store_true", help="is not Legacy")
    parser.add_argument("--sort", choices=tuple(SORT_KEYS), default="id")
    parser.add_argument("--json", action="store_true", help="print JSON")


def list_models(options: argparse.Namespace) -> int:
    filters = Filters(**{name: getattr(options, name) for name in FILTERS})
    _check_names(filters)
    selection = select(models(), filters, today())
    found = sort(selection.models, options.sort, filters.region)
    if options.json:
        print(json.dumps([facts(model, filters.region) for model in found], indent=1))
        return 0
    _print_table([_row(model, filters.region) for model in found])
    print(f"\n{len(found)} of {len(models())} models. {LEGEND}")
    if selection.unknown:
        print(f"{len(selection.unknown)} more left out: the catalog does not know whether they match")
    return 0


def _row(model: Model, region: str | None) -> tuple[str, ...]:
    status = state(model, today(), region)
    return (
        model.inference_id,
        _letters(model.input) + _star(model, "input"),
        _letters(model.output),
        tokens(model.context_tokens) + _star(model, "context_tokens"),
        tokens(model.max_output_tokens) + _star(model, "max_output_tokens"),
        money(price_in(model, region)),
        money(price_out(model, region)) if "text" in model.output else "-",
        yes_no(model.tools),
        _methods(model, status),
        _call(model, region),
        _ends(model, status, region),
    )


def _ends(model: Model, status: str | None, region: str | None) -> str:
    return (
        f"{ENDINGS.get(status or '', ''):<1}{_star(model, 'status'):<1}{model.lifecycle_in(region).end_of_life or ''}"
    )


def _star(model: Model, name: str) -> str:
    return "*" if name in model.disputed else ""


def _check_names(filters: Filters) -> None:
    """Raises InputError for a provider or a region that no model has."""
    providers = sorted({model.provider for model in models()})
    if filters.provider and not any(filters.provider.lower() in name.lower() for name in providers):
        raise InputError(f"--provider must be (a part of) {', '.join(providers)}; got {filters.provider!r}")
    regions = sorted({region for model in models() for region in model.regions})
    if filters.region and filters.region not in regions:
        raise InputError(f"--region must be one of {', '.join(regions)}; got {filters.region!r}")


def _methods(model: Model, status: str | None) -> str:
    letters = "".join(method[0] for method in model.customizations) or "-"
    return letters.lower() if status in ENDINGS else letters


def _letters(modalities: tuple[str, ...]) -> str:
    return "".join(letter for name, letter in LETTERS.items() if name in modalities) or "?"


def _call(model: Model, region: str | None) -> str:
    if model.mantle_only:
        return "mantle"
    direct = {region} & set(model.on_demand_regions) if region else set(model.on_demand_regions)
    through = {
        name for name, routes in model.profiles.items() for route in routes if not region or region in route.sources
    }
    return "both" if direct and through else "id" if direct else "profile"


def _print_table(rows: list[tuple[str, ...]]) -> None:
    print("\n".join(table([HEADINGS, *rows], right=("CTX", "MAX", "$ IN", "$ OUT"))))
