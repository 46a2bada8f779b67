"""What an imported model costs: storage by the month and a loaded copy by the minute, each by custom model unit.

Bedrock tells the number of units after the import only (GetImportedModel). The import itself is not billed.
https://docs.aws.amazon.com/bedrock/latest/userguide/import-model-calculate-cost.html
"""

from collections.abc import Iterator

from deployment.costs.lines import CostLine, line
from model_catalog.prices import price

UNKNOWN = "by custom model unit, whose number is known after the import"
WINDOW_MINUTES = 5


def unit_storage_line(part: str, units: int | None, region: str) -> CostLine:
    """A month of storage. `units` is None before the import."""
    month = price("custom_model_unit_month", region=region)
    what = f"{units} custom model units" if units else UNKNOWN
    return line(part, what, units, month, missing=f"a custom model unit kept for a month in {region}")


def copy_lines(region: str) -> Iterator[CostLine]:
    """Callers who come while a copy is loaded pay its windows, however many they are: tokens cost nothing."""
    minute = price("custom_model_unit_minute", region=region)
    what = f"windows of {WINDOW_MINUTES} minutes of each copy, {UNKNOWN}"
    yield line("loaded copies", what, None, minute, missing=f"a custom model unit and minute in {region}")
