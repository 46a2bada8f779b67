"""A person's choice of what serves: the model of an earlier run, promoted by the workflow without a job.

What it replaces is held back, so that the next deploy of the same deployment.toml does not undo the choice.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from customization.base_model import return_to_base
from customization.earlier_attempts import StartError
from customization.existing_model import find_model
from customization.held_back import hold_back, release
from customization.start_run import RunStarter
from customization.superseded import end_checks
from kit_contract import run_names
from kit_contract.run_events import BASE_MODEL, ChooseRequest, StartResult
from kit_contract.runs import Run, RunSpecification

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_ssm import SSMClient


def choose_run(
    request: ChooseRequest, starter: RunStarter, *, bedrock: "BedrockClient", ssm: "SSMClient", now: str
) -> StartResult:
    """Start an execution that promotes the model. A job that is running goes on; promotions and checks give way.

    Raises StartError if the run has no model any more.
    """
    specification = starter.specification(request["customization"])
    run = _run(request, specification, starter.kit_deployment)
    if run.run_id == BASE_MODEL:
        return _serve_base(run, request, starter, bedrock, ssm, now)
    model = find_model(run, bedrock)
    if model is None or not model.is_active:
        status = f"is {model.status}" if model else "was deleted, or never trained"
        raise StartError(f"the custom model of run {run.run_id} {status}; choose another one: kit runs history")
    _stop_promotions(run, starter, bedrock, ssm)
    release(ssm, run)
    hold_back(ssm, run, [other for other in request["instead_of"] if other != run.run_id], reason=run.chosen, now=now)
    attempt = len(starter.attempts(run)) + 1
    name = run_names.execution_name(specification.customization, run.run_id, attempt)
    started = starter.start_execution(replace(run, execution_name=name))
    return {
        "started": started,
        "reason": f"attempt {attempt}: the model exists and is promoted",
        "execution_arn": starter.execution_arn(name),
        "run_id": run.run_id,
        "promotes": True,
    }


def _serve_base(
    run: Run, request: ChooseRequest, starter: RunStarter, bedrock: "BedrockClient", ssm: "SSMClient", now: str
) -> StartResult:
    if run.specification.serving != "on-demand":
        raise StartError(
            f"{run.specification.alias} is served by provisioned throughput; release it to have the base model serve: "
            "kit capacity release"
        )
    _stop_promotions(run, starter, bedrock, ssm)
    hold_back(ssm, run, request["instead_of"], reason=run.chosen, now=now)
    return_to_base(run, ssm, why=run.chosen, now=now)
    return {"started": False, "reason": "the base model serves", "promotes": False}


def _run(request: ChooseRequest, specification: RunSpecification, kit_deployment: str) -> Run:
    """It has no dataset: the workflow trains nothing for it."""
    checks = specification.promotion if request["checked"] else None
    customization, run_id = specification.customization, request["choose"]
    return Run(
        specification=replace(specification, evaluation=None, promotion=checks),
        kit_deployment=kit_deployment,
        run_id=run_id,
        key="",
        dataset_sha256="",
        custom_model_name=run_names.custom_model_name(kit_deployment, customization, run_id),
        execution_name=run_names.execution_name(customization, run_id),
        chosen=request["reason"] or "no reason given",
    )


def _stop_promotions(run: Run, starter: RunStarter, bedrock: "BedrockClient", ssm: "SSMClient") -> None:
    """Of executions whose model exists: what is left of them is its promotion."""
    for name, arn in starter.running(run.specification.customization).items():
        if find_model(replace(run, run_id=run_names.run_of(name)), bedrock):
            starter.stop_execution(arn, f"run {run.run_id} was chosen: {run.chosen}")
    end_checks(run, ssm)
