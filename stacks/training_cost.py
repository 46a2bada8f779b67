"""What one training run costs: the tokens of the prepared records, times epochs, times price; and its storage.

Bedrock bills the tokens that it trains on; how many that were is known after the job. Before, they are estimated.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from model_catalog.prices import Price, price
from stacks.cost_lines import CostGroup, line
from stacks.customization_dataset import CustomizationDataset
from stacks.deployment_config import Customization, DeploymentConfig

# UTF-8 bytes, not characters, so that other scripts count for more. Published averages of a multilingual tokenizer lie
# at 4 to 5 bytes for European languages and 3 to 4 for Chinese and Japanese; AWS's own rule of thumb for limits is 6
# characters. 4 rather overestimates: https://huggingface.co/CohereLabs/multilingual-22-12 (characters per token) and
# https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-prepare.html (6 characters).
BYTES_PER_TOKEN = 4
NO_TEXT = ("schemaVersion", "role")
GIGABYTE = 1e9


def training_groups(config: DeploymentConfig, datasets: Mapping[str, CustomizationDataset]) -> list[CostGroup]:
    items = config.training.customizations if config.training else {}
    return [_run(name, item, datasets[name], config.deployment.region) for name, item in items.items()]


def estimated_tokens(file: Path) -> int:
    """Tokens of the texts in a prepared JSONL file, without the JSON around them."""
    with file.open("rb") as lines:
        size = sum(len(text.encode()) for record in lines for text in _texts(json.loads(record)))
    return -(-size // BYTES_PER_TOKEN)


def kept_price(base_model: str, region: str) -> Price | None:
    """Of a custom model for a month: that of its base model, else the one that is said to hold for all."""
    own = price("custom_model_month", model=base_model, region=region)
    return own or price("custom_model_month", region=region)


def _run(name: str, item: Customization, dataset: CustomizationDataset, region: str) -> CostGroup:
    file = dataset.folder / dataset.file_name
    tokens = estimated_tokens(file)
    epochs = dataset.hyperparameters.get("epochCount")
    trained = tokens * float(epochs) if epochs else None
    what = f"{dataset.records:,} records, about {tokens:,} tokens, x {epochs or 'unknown'} epochs"
    training = price("training_tokens", model=item.base_model, region=region)
    lines = (
        line("training", what, trained, training, missing=f"training tokens of {item.base_model} in {region}"),
        line(
            "custom model",
            "kept for a month",
            1,
            kept_price(item.base_model, region),
            missing=f"a custom model of {item.base_model} kept for a month in {region}",
        ),
        line(
            "data",
            f"{file.stat().st_size:,} bytes in S3 for a month",
            file.stat().st_size / GIGABYTE,
            price("storage", service="s3", region=region),
            missing=f"S3 storage in {region}",
        ),
    )
    return CostGroup(f"training.{name}", f"One training run of {name}, and a month of its storage", lines)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in NO_TEXT:
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
