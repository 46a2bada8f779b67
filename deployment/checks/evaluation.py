"""Faults of [training.customizations.*.evaluation]: thresholds, judge, what serves now, serving."""

import datetime
from collections.abc import Iterator

from deployment.checks.models import model_faults, require_answers
from deployment.config import DeploymentConfig
from deployment.evaluated_models import baseline_model
from deployment.sections.evaluation import Evaluation
from deployment.sections.training import CustomModel
from kit_contract.evaluation_jobs import EVALUATORS, MOST_RECORDS
from model_catalog import catalog


def evaluation_faults(config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    for name, item in config.custom_models.items():
        if item.evaluation is None:
            continue
        where = f"{config.section_of(name)}.evaluation"
        yield from _file_faults(where, item.evaluation)
        yield from _threshold_faults(where, item.evaluation)
        yield from _job_faults(where, item.evaluation, config)
        yield from _serving_faults(where, item)
        yield from _model_faults(where, item, config, today)


def _file_faults(where: str, section: Evaluation) -> Iterator[str]:
    yield from (f"{where}.dataset: {file} does not exist" for file in section.dataset if not file.is_file())


def _threshold_faults(where: str, section: Evaluation) -> Iterator[str]:
    thresholds = section.thresholds.values()
    if all(item.at_least is None and item.better_by is None for item in thresholds):
        yield f"{where}.metrics: no metric has a threshold, so nothing decides; add at_least or better_by to one"
    win_rate = section.metrics.get("win_rate")
    if win_rate and win_rate.better_by is not None:
        yield f"{where}.metrics.win_rate.better_by: a win rate compares by itself; use at_least, such as 0.5"
    if win_rate and section.judge_model is None:
        yield f"{where}.judge_model: win_rate needs a model that judges; add it, or remove the metric"
    if section.judge_model and win_rate is None:
        yield f"{where}.judge_model: judges for win_rate only, and is paid for; add metrics.win_rate, or remove it"
    if "approve" not in (section.above, section.between, section.below) and section.notify:
        yield f"{where}.notify: nobody is asked: no decision is 'approve'; remove it, or set between = \"approve\""


def _job_faults(where: str, section: Evaluation, config: DeploymentConfig) -> Iterator[str]:
    job = section.bedrock_job
    if job is None:
        return
    if section.max_records > MOST_RECORDS:
        yield f"{where}.max_records must be at most {MOST_RECORDS} with a bedrock_job, got {section.max_records}"
    if catalog.without_prefix(job.evaluator_model) not in EVALUATORS and not config.deployment.allow_unlisted:
        yield (
            f"{where}.bedrock_job.evaluator_model must be one of {', '.join(EVALUATORS)}, or a profile of one, got "
            f"{job.evaluator_model}; if Bedrock's user guide lists it as an evaluator model by now: allow_unlisted = "
            "true in [deployment]"
        )


def _serving_faults(where: str, item: CustomModel) -> Iterator[str]:
    if item.serving == "provisioned":
        yield (
            f"{where}: not with serving = 'provisioned': candidate and current model are asked side by side, and a "
            "throughput serves one of them; use serving = 'on-demand', or remove the evaluation"
        )


def _model_faults(where: str, item: CustomModel, config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    section = item.evaluation
    assert section
    baseline = baseline_model(config, item)
    if baseline is None:
        yield (
            f"{where}.baseline_model: the foundation model of alias {item.alias!r} is unknown; set the id of the model "
            "that serves it before the first promotion"
        )
    named = {"baseline_model": section.baseline_model, "judge_model": section.judge_model}
    if section.bedrock_job:
        named["bedrock_job.evaluator_model"] = section.bedrock_job.evaluator_model
    for key, model in named.items():
        if model:
            yield from model_faults(f"{where}.{key}", model, config, today, require_answers)
    if baseline and section.baseline_model is None and item.alias not in config.aliases:
        yield from model_faults(f"{where}.baseline_model", baseline, config, today, require_answers)
