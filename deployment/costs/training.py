"""What one training run costs: the tokens of the prepared records, times epochs, times price; and its storage.

Bedrock bills the tokens that it trains on; how many that were is known after the job. Before, they are
estimated (training_data/token_estimate.py).
"""

import json
from collections.abc import Mapping
from pathlib import Path

from deployment.config import DeploymentConfig
from deployment.costs.lines import CostGroup, line
from deployment.datasets import CustomizationDataset
from deployment.sections.training import Customization
from model_catalog.prices import Price, price
from training_data.record_texts import turns_in
from training_data.token_estimate import estimated_tokens

GIGABYTE = 1e9


def training_groups(config: DeploymentConfig, datasets: Mapping[str, CustomizationDataset]) -> list[CostGroup]:
    items = config.training.customizations if config.training else {}
    return [_run(name, item, datasets[name], config.deployment.region) for name, item in items.items()]


def tokens_of(file: Path) -> int:
    """Tokens of the texts in a prepared JSONL file, by estimate, without the JSON around them."""
    with file.open("rb") as lines:
        return sum(estimated_tokens(text for _, text in turns_in(json.loads(record))) for record in lines)


def kept_price(base_model: str, region: str) -> Price | None:
    """Of a custom model for a month: that of its base model, else the one that is said to hold for all."""
    own = price("custom_model_month", model=base_model, region=region)
    return own or price("custom_model_month", region=region)


def _run(name: str, item: Customization, dataset: CustomizationDataset, region: str) -> CostGroup:
    file = dataset.folder / dataset.file_name
    tokens = tokens_of(file)
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
