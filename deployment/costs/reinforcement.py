"""What reinforcement fine-tuning costs: the training, and the grader's function with the models that it asks.

No source of the kit has a price of the training, nor says in which unit it is billed: the line has no amount.
"""

from collections.abc import Iterator

from deployment.costs.lines import CostLine, line
from deployment.datasets import CustomizationDataset
from deployment.sections.reinforcement import Reinforcement
from deployment.sections.training import Customization
from kit_contract.counted import counted
from model_catalog.prices import price


def reinforcement_lines(
    item: Customization, section: Reinforcement, dataset: CustomizationDataset, tokens: int, region: str
) -> Iterator[CostLine]:
    values = dataset.hyperparameters
    samples, epochs = values.get("trainingSamplePerPrompt", "unknown"), values.get("epochCount", "unknown")
    what = f"{counted(dataset.records, 'prompt')}, about {tokens:,} tokens, x {samples} answers x {epochs} epochs"
    training = price("reinforcement_hour", model=item.base_model, region=region)
    yield line("training", what, None, training, missing=f"reinforcement fine-tuning of {item.base_model} in {region}")
    compute = price("gb_second", service="lambda", region=region)
    yield line("grader", "Lambda's duration", None, compute, missing=f"Lambda's GB-seconds in {region}")
    for judge in section.judge_models:
        read = price("input_tokens", model=judge, region=region)
        yield line("judge", f"tokens of {judge}", None, read, missing=f"input tokens of {judge} in {region}")
