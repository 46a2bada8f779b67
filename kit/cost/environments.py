"""Prints the estimates of all environments of a file, one column each."""

import json
from collections.abc import Mapping, Sequence

from deployment.config import DeploymentConfig
from deployment.costs.inference_api import Traffic
from deployment.costs.lines import CostGroup, total
from kit.cost.table import as_json
from kit.table import table

Estimates = Mapping[str, tuple[DeploymentConfig, Sequence[CostGroup]]]


def environments_as_table(estimates: Estimates) -> str:
    """The total of each group; an environment without such a group, or without a cost in it, has a dash."""
    columns = {name: {group.title: group for group in groups if group.lines} for name, (_, groups) in estimates.items()}
    titles = dict.fromkeys(title for column in columns.values() for title in column)
    rows = [("US DOLLARS", *estimates)]
    rows.append(("Region", *(config.deployment.region for config, _ in estimates.values())))
    for title in titles:
        rows.append((title, *(total([column[title]]) if title in column else "-" for column in columns.values())))
    return "\n".join([*table(rows), "", "Lines, sources and missing prices of one: kit cost --environment NAME"])


def environments_as_json(estimates: Estimates, traffic: Traffic) -> str:
    found = {name: json.loads(as_json(config, traffic, groups)) for name, (config, groups) in estimates.items()}
    return json.dumps({"environments": found}, indent=1)
