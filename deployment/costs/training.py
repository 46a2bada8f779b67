"""What one training run costs, by its method, and a month of its storage.

Fine-tuning: tokens of the prepared records, times epochs, times price.

Bedrock reports the tokens that it bills after the job; here they are estimated (training_data/token_estimate.py).
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from deployment.config import DeploymentConfig
from deployment.costs.distillation import distillation_lines
from deployment.costs.lines import CostGroup, CostLine, line
from deployment.costs.monitoring import trace_line
from deployment.costs.promotion import promotion_lines
from deployment.costs.reinforcement import reinforcement_lines
from deployment.datasets import CustomizationDataset
from deployment.sections.training import Customization
from kit_contract.counted import counted
from model_catalog.prices import price
from training_data.record_texts import turns_in
from training_data.token_estimate import estimated_tokens

GIGABYTE = 1e9


def training_groups(config: DeploymentConfig, datasets: Mapping[str, CustomizationDataset]) -> list[CostGroup]:
    region = config.deployment.region
    return [_run(name, item, datasets[name], region) for name, item in config.customizations.items()]


def _collected_run(name: str, item: Customization, region: str) -> CostGroup:
    """What synth does not read has no number of tokens: the starter's log and Bedrock's metrics tell it afterwards."""
    training = price("training_tokens", model=item.base_model, region=region)
    what = "tokens of the records in S3, which the deploy reads, x epochs"
    lines = (
        line("training", what, None, training, missing=f"training tokens of {item.base_model} in {region}"),
        model_storage_line("custom model", "kept for a month", item.base_model, region),
        line(
            "data",
            "a copy of the records in S3 for a month",
            None,
            price("storage", service="s3", region=region),
            missing=f"S3 storage in {region}",
        ),
        trace_line(region),
    )
    return CostGroup(f"training.{name}", f"One training run of {name}, and a month of its storage", lines)


def tokens_of(file: Path) -> int:
    """Estimated tokens of the texts in a prepared JSONL file, without the JSON around them."""
    with file.open("rb") as lines:
        return sum(estimated_tokens(text for _, text in turns_in(json.loads(record))) for record in lines)


def model_storage_line(part: str, what: str, base_model: str, region: str) -> CostLine:
    """A custom model for a month, at the price of its base model if there is one, else the price for all models."""
    own = price("custom_model_month", model=base_model, region=region)
    found = own or price("custom_model_month", region=region)
    return line(part, what, 1, found, missing=f"a custom model of {base_model} kept for a month in {region}")


def _job_lines(item: Customization, dataset: CustomizationDataset, tokens: int, region: str) -> Iterator[CostLine]:
    if item.distillation:
        yield from distillation_lines(item, item.distillation, dataset.records, tokens, region)
    elif item.reinforcement:
        yield from reinforcement_lines(item, item.reinforcement, dataset, tokens, region)
    else:
        epochs = dataset.hyperparameters.get("epochCount")
        trained = tokens * float(epochs) if epochs else None
        what = f"{counted(dataset.records, 'record')}, about {tokens:,} tokens, x {epochs or 'unknown'} epochs"
        training = price("training_tokens", model=item.base_model, region=region)
        yield line("training", what, trained, training, missing=f"training tokens of {item.base_model} in {region}")


def _run(name: str, item: Customization, dataset: CustomizationDataset, region: str) -> CostGroup:
    if not dataset.file_name:
        return _collected_run(name, item, region)
    file = dataset.folder / dataset.file_name
    tokens = tokens_of(file)
    media = dataset.media_folder.iterdir() if dataset.media_folder else ()
    stored = sum(item.stat().st_size for item in (file, *media))
    lines = (
        *_job_lines(item, dataset, tokens, region),
        model_storage_line("custom model", "kept for a month", item.base_model, region),
        line(
            "data",
            f"{stored:,} bytes in S3 for a month",
            stored / GIGABYTE,
            price("storage", service="s3", region=region),
            missing=f"S3 storage in {region}",
        ),
        trace_line(region),
        *promotion_lines(item.promotion, region),
    )
    return CostGroup(f"training.{name}", f"One training run of {name}, and a month of its storage", lines)
