"""`kit cost plot`: monthly cost against traffic on two logarithmic axes, break-even points marked."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from deployment.costs.break_even import BreakEven, ServingOption, break_evens
from deployment.costs.inference_api import Traffic
from deployment.costs.lines import FETCH
from kit_contract.counted import counted
from kit_contract.errors import KitError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SUFFIXES = (".png", ".svg")
USUAL_DECADES = (3, 8)
POINTS = 200


def plot(options: Sequence[ServingOption], title: str, traffic: Traffic, output: Path) -> list[BreakEven]:
    """Write the picture (PNG or SVG by `output`'s suffix). Raises KitError and OSError."""
    known = [option for option in options if not option.missing]
    if not known:
        lacking = "\n".join(f"  {text}" for option in options for text in option.missing)
        raise KitError(f"nothing to draw: no serving option has all its prices; fetch prices with: {FETCH}\n{lacking}")
    # Figure without pyplot: no window, no global state, no backend to choose.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 8), layout="constrained")
    axes = figure.add_subplot()
    points = list(break_evens(options))
    _draw(axes, options, points)
    tokens = f"{traffic.input_tokens:,} tokens in, {traffic.output_tokens:,} out a request"
    axes.set_title(f"{title}\n{tokens}; the model's cost only", loc="left", fontsize=11)
    figure.savefig(output, dpi=120)
    return points


def _draw(axes: "Axes", options: Sequence[ServingOption], points: Sequence[BreakEven]) -> None:
    traffic = _traffic(points)
    colors = {option.label: f"C{index}" for index, option in enumerate(options)}
    for option in options:
        shown = traffic if not option.missing else []
        style = ":" if option.missing else "-" if option.per_request else "--"
        costs = [option.monthly(requests) for requests in shown]
        axes.plot(shown, costs, color=colors[option.label], linestyle=style, label=_label(option))
    for number, point in enumerate(points, start=1):
        _mark(axes, number, point, color=colors[point.on_demand.label], above=point.on_demand.label == options[0].label)
    axes.set(xscale="log", yscale="log", xlabel="requests a month", ylabel="US dollars a month")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}")
    axes.tick_params(axis="x", labelrotation=20)
    axes.grid(which="major", alpha=0.4)
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.17), fontsize=9, frameon=False)


def _mark(axes: "Axes", number: int, point: BreakEven, *, color: str, above: bool) -> None:
    """A hollow point in the color of the on-demand option; numbers of the first are above the line, others below."""
    place, label = (point.requests, point.usd), _point_label(number, point)
    axes.plot(*place, "o", markersize=6, markerfacecolor="white", markeredgecolor=color, label=label, zorder=3)
    offset, side = ((-7, 5), "right") if above else ((7, -13), "left")
    axes.annotate(str(number), place, textcoords="offset points", xytext=offset, ha=side, fontsize=10, color=color)


def _traffic(points: Sequence[BreakEven]) -> list[float]:
    """Requests a month from well below the first break-even point to well above the last, whole decades."""
    low, high = USUAL_DECADES
    if points:
        low = min(low, math.floor(math.log10(min(point.requests for point in points))) - 1)
        high = max(high, math.ceil(math.log10(max(point.requests for point in points))) + 1)
    return [10 ** (low + (high - low) * step / POINTS) for step in range(POINTS + 1)]


def _label(option: ServingOption) -> str:
    if option.missing:
        return f"{option.label}: price unknown"
    if option.per_request:
        return f"{option.label}, on demand: {option.per_request * 1000:,.4g} USD per 1,000 requests"
    return f"{option.label}: {option.fixed:,.0f} USD a month"


def _point_label(number: int, point: BreakEven) -> str:
    options = f"{point.provisioned.label} = {point.on_demand.label}"
    return f"{number}: {counted(point.requests, 'request')}, {point.usd:,.0f} USD: {options}"
