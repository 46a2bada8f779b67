"""python -m examples.operations FILE.svg: draws the dashboard's widgets, in their places, over an invented day."""

import json
import math
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk.assertions import Template
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from deployment.config import load_deployment_config
from kit_contract.stacks import operations_stack
from stacks.operations_stack import OperationsStack

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CONFIG = Path(__file__).parents[2] / "tests" / "stacks" / "full.toml"
GRID_WIDTH, HOURS = 24, 24
# What the invented day looks like: the highest value of a metric, and whether it comes in a burst.
SCALES = {"Count": 900.0, "Latency": 9000.0, "Answers": 400.0, "ModelUnits": 1.0}
ALIASES = (
    ("support-bot", 9120, 3, 610, 1840, 2.184),
    ("assistant", 2210, 0, 900, 4100, 1.021),
    ("short-bot", 380, 1, 450, 990, 0.0),
)


def widgets() -> Iterator[dict[str, Any]]:
    """Those of the template, with names in place of references."""
    config = load_deployment_config(CONFIG)
    stack = OperationsStack(cdk.App(), operations_stack(config.deployment.name), config=config)
    template = Template.from_stack(stack).to_json()
    (board,) = (item for item in template["Resources"].values() if item["Type"] == "AWS::CloudWatch::Dashboard")
    parts = board["Properties"]["DashboardBody"]["Fn::Join"][1]
    yield from json.loads("".join(part if isinstance(part, str) else "x" for part in parts))["widgets"]


def draw(found: list[dict[str, Any]], output: Path) -> None:
    height = max(item["y"] + item["height"] for item in found)
    figure = Figure(figsize=(13, height * 0.5))
    for item in found:
        box = (item["x"] / GRID_WIDTH, 1 - (item["y"] + item["height"]) / height)
        size = (item["width"] / GRID_WIDTH, item["height"] / height)
        axes = figure.add_axes((box[0] + 0.035, box[1] + 0.14 * size[1], size[0] - 0.05, size[1] * 0.66))
        axes.set_title(item["properties"].get("title", ""), loc="left", fontsize=8, fontweight="bold")
        axes.tick_params(labelsize=6)
        {"metric": _metrics, "log": _table, "alarm": _alarms}[item["type"]](axes, item["properties"])
    figure.savefig(output, metadata={"Date": None} if output.suffix == ".svg" else None)


def _metrics(axes: "Axes", properties: dict[str, Any]) -> None:
    hours = [hour / 4 for hour in range(HOURS * 4)]
    lines = [(metric, metric[-1]) for metric in properties["metrics"]]
    curves = [_curve(metric, options, hours) for metric, options in lines]
    labels = [options.get("label", "") for _, options in lines]
    if properties.get("stacked"):
        axes.stackplot(hours, curves, labels=labels)
    else:
        for curve, label in zip(curves, labels, strict=True):
            axes.plot(hours, curve, label=label, linewidth=1)
    axes.set_xlim(0, HOURS)
    axes.set_ylim(bottom=0)
    if any(labels):
        axes.legend(fontsize=5, loc="upper left", frameon=False)


def _curve(metric: list[Any], options: dict[str, Any], hours: list[float]) -> list[float]:
    noise = random.Random(json.dumps(metric[:-1]))
    top = SCALES.get(metric[1], 4.0) * {"p50": 0.2}.get(options.get("stat", ""), 1.0)
    return [max(0.0, top * (0.15 + math.sin(hour / HOURS * math.pi) ** 4) * noise.uniform(0.7, 1)) for hour in hours]


def _table(axes: "Axes", properties: dict[str, Any]) -> None:
    axes.axis("off")
    if "by alias" not in properties["query"]:
        axes.text(0, 0.5, "from a query of the API's log", fontsize=7, color="grey")
        return
    columns = ("alias", "requests", "errors", "p50_ms", "p99_ms", "estimated_usd")
    table = axes.table(cellText=[list(map(str, row)) for row in ALIASES], colLabels=columns, loc="upper left")
    table.auto_set_font_size(False)
    table.set_fontsize(6)


def _alarms(axes: "Axes", properties: dict[str, Any]) -> None:
    axes.axis("off")
    count = len(properties["alarms"])
    axes.set_xlim(0, count)
    for number in range(count):
        axes.add_patch(Rectangle((number + 0.1, 0.2), 0.8, 0.6, color="#2ca02c", alpha=0.4))
        axes.text(number + 0.5, 0.5, "OK", ha="center", va="center", fontsize=7)


if __name__ == "__main__":
    draw(list(widgets()), Path(sys.argv[1]))
