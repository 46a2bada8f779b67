"""Which customization of deployment.toml a job is for: its specification is the one that deploys and uploads use."""

import json
from collections.abc import Mapping
from typing import Any

from fine_tuning_api.service import Service
from inference_api.fields import invalid
from kit_contract import parameters
from kit_contract.runs import RunSpecification

METHOD = "FINE_TUNING"


def choose(service: Service, model: str) -> RunSpecification:
    """`model` is a customization's name, its alias, or its base model if no other has it. Raises ApiError 400."""
    found = _specifications(service)
    names = [name for name, item in found.items() if model in (name, item["alias"])]
    names = names or [name for name, item in found.items() if item["base_model"] == model]
    if len(names) != 1:
        known = ", ".join(f"{name} (alias {item['alias']})" for name, item in sorted(found.items())) or "none"
        what = "is the base model of several customizations" if names else "is not a customization of this deployment"
        raise invalid("model", f"model {what}; name one of them or its alias: {known}", code="model_not_found")
    specification = RunSpecification.from_json(found[names[0]])
    if specification.method != METHOD:
        method = specification.method
        raise invalid(
            "model", f"{names[0]} is trained by {method}, and jobs of this API by {METHOD}; deploy it instead"
        )
    return specification


def _specifications(service: Service) -> dict[str, Mapping[str, Any]]:
    path = parameters.customizations_path(service.kit_deployment)
    pages = service.ssm.get_paginator("get_parameters_by_path").paginate(Path=path)  # not what lies deeper
    items = [json.loads(item["Value"]) for page in pages for item in page["Parameters"]]
    return {item["customization"]: item for item in items}
