"""What one evaluation costs: the held-out records asked of the new model and of what serves, and the judge's tokens.

An answer is taken to be as long as its reference. The report of an evaluation has the tokens that were used.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deployment.config import DeploymentConfig
from deployment.costs.imported_models import copy_lines
from deployment.costs.lines import CostGroup, CostLine, line
from deployment.datasets import CustomizationDataset
from deployment.evaluated_models import baseline_model
from deployment.sections.training import CustomModel
from kit_contract.counted import counted
from model_catalog.prices import price
from training_data.record_texts import turns_in
from training_data.token_estimate import estimated_tokens

# The prompts that Bedrock's Nova Micro judges with have 2,300 characters on average (user guide, 2026-11); the judge
# gives an explanation.
JOB_INSTRUCTIONS, JOB_ANSWER = 580, 120
# Estimates for one verdict: the judge's instructions, and a sentence of reason.
JUDGE_INSTRUCTIONS, JUDGE_ANSWER, ORDERS = 170, 60, 2


@dataclass(frozen=True)
class HeldOut:
    """Of the records that are asked: their number, and the tokens of questions and references."""

    records: int
    questions: int
    references: int


def evaluation_groups(config: DeploymentConfig, datasets: Mapping[str, CustomizationDataset]) -> list[CostGroup]:
    return [
        CostGroup(
            f"evaluation.{name}",
            f"One evaluation of {name}, before its promotion",
            tuple(_lines(config, item, datasets[name])),
        )
        for name, item in config.custom_models.items()
        if item.evaluation
    ]


def held_out(file: Path, most: int) -> HeldOut:
    """Of a file with more records, the share that is asked."""
    questions = references = records = 0
    with file.open("rb") as lines:
        for record in lines:
            *asked, (_, reference) = turns_in(json.loads(record))
            questions += estimated_tokens(text for _, text in asked)
            references += estimated_tokens([reference])
            records += 1
    share = min(1.0, most / records)
    return HeldOut(min(records, most), round(questions * share), round(references * share))


def _lines(config: DeploymentConfig, item: CustomModel, dataset: CustomizationDataset) -> Iterator[CostLine]:
    section = item.evaluation
    assert section
    found = held_out(dataset.folder / dataset.evaluation_file, section.max_records)
    answers = min(found.references, found.records * section.max_tokens)
    tokens = (found.questions, answers)
    region = config.deployment.region
    if item.base_model:
        yield from _model_lines("new model", "custom_", item.base_model, tokens, found.records, region)
    else:  # an imported model costs nothing by the token
        yield from copy_lines(region)
    baseline = baseline_model(config, item) or "unknown"
    yield from _model_lines("what serves", "", baseline, tokens, found.records, region)
    if section.judge_model:
        read = found.questions + found.references + 2 * answers + found.records * JUDGE_INSTRUCTIONS
        judged = (ORDERS * read, ORDERS * found.records * JUDGE_ANSWER)
        yield from _model_lines("judge", "", section.judge_model, judged, found.records, region)
    if section.bedrock_job:
        # A job for each model; each metric of each answer is one request.
        read, times = found.questions + found.references + answers, 2 * len(section.bedrock_job.metrics)
        tokens = (times * (read + found.records * JOB_INSTRUCTIONS), times * found.records * JOB_ANSWER)
        yield from _model_lines(
            "evaluation jobs", "", section.bedrock_job.evaluator_model, tokens, found.records, region
        )


def _model_lines(
    part: str, prefix: str, model: str, tokens: tuple[int, int], records: int, region: str
) -> Iterator[CostLine]:
    for way, quantity in zip(("input", "output"), tokens, strict=True):
        yield line(
            f"{part}, {way}",
            f"{counted(records, 'record')}, about {quantity:,} tokens of {model}",
            quantity,
            price(f"{prefix}{way}_tokens", model=model, region=region),
            missing=f"{way} tokens of {'a custom model of ' if prefix else ''}{model} in {region}",
        )
