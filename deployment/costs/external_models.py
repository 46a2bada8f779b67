"""What it costs to have a model that comes into Bedrock without a customization job: its storage, as far as is known.

No source of the kit has a price of a copy or of CreateCustomModel, so these lines have no amount.
"""

from collections.abc import Iterator

from deployment.config import DeploymentConfig
from deployment.costs.imported_models import unit_storage_line
from deployment.costs.lines import CostGroup, CostLine, line
from deployment.costs.monitoring import trace_line
from deployment.costs.promotion import promotion_lines
from deployment.costs.training import model_storage_line
from deployment.sections.training import External
from kit_contract.external_models import COPY, IMPORT


def external_model_groups(config: DeploymentConfig) -> list[CostGroup]:
    region = config.deployment.region
    return [_group(name, item, region) for name, item in config.external_models.items()]


def _group(name: str, item: External, region: str) -> CostGroup:
    lines = (
        *_model_lines(item, region),
        trace_line(region),
        *promotion_lines(item.promotion, region),
    )
    return CostGroup(f"training.{name}", f"One run of {name}, and a month of its storage", lines)


def _model_lines(item: External, region: str) -> Iterator[CostLine]:
    if item.method == IMPORT:  # the import itself is not billed
        yield unit_storage_line("imported model", None, region)
        return
    made = "the copy" if item.method == COPY else "the registration"
    yield line(made, "once", 1, None, missing=f"{made} of a custom model in {region}")
    yield model_storage_line("custom model", "kept for a month", item.base_model, region)
