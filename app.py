"""Builds the stacks of a deployment.toml and passes each what it needs from the others."""

import gc

from kit_contract.counted import counted

if __name__ == "__main__":
    gc.disable()  # a fifth of the synth otherwise: a short process whose objects live to its end

import datetime
import json
import os
import sys
from collections.abc import Callable
from itertools import chain, pairwise
from pathlib import Path

import aws_cdk as cdk

from deployment.checks.account import check_account
from deployment.checks.budget import budget_warnings
from deployment.checks.check_deployment import check_deployment
from deployment.checks.documents import documents_warnings
from deployment.checks.inference_api import cors_warnings
from deployment.checks.invocation_logging import invocation_logging_warnings
from deployment.checks.model_access import model_access_warnings
from deployment.checks.models import model_warnings
from deployment.checks.reading import reading_warnings
from deployment.checks.template_limits import check_templates
from deployment.checks.web_sources import web_warnings
from deployment.config import ConfigError, DeploymentConfig, load_deployment_config
from deployment.costs.estimate import summary
from deployment.datasets import prepare_datasets
from deployment.pipeline_plan import check_pipeline_account, load_pipeline_plan
from kit_contract.pipelines import PIPELINE_CONTEXT, pipeline_stack
from kit_contract.places import PROJECT, SOURCES
from kit_contract.stacks import (
    PIPELINE_ACCESS_CONTEXT,
    agents_stack,
    inference_api_stack,
    invocation_logging_stack,
    knowledge_base_stack,
    model_access_stack,
    operations_stack,
    pipeline_access_stack,
    prompts_stack,
    provisioned_throughput_stack,
    training_stack,
)
from kit_contract.tags import DEPLOYMENT_TAG
from stacks.agents_stack import AgentsStack
from stacks.budget_stack import BudgetStack
from stacks.inference_api_stack import InferenceApiStack
from stacks.invocation_logging_stack import InvocationLoggingStack
from stacks.knowledge_base_stack import KnowledgeBaseStack
from stacks.model_access_stack import ModelAccessStack
from stacks.operations_stack import OperationsStack
from stacks.pipeline_access_stack import PipelineAccessStack
from stacks.prompts_stack import PromptsStack
from stacks.provisioned_throughput_stack import ProvisionedThroughputStack
from stacks.training_stack import TrainingStack

OwnStacks = Callable[[cdk.App, DeploymentConfig, cdk.Environment], object]


def build_app(app: cdk.App, config: DeploymentConfig, *, account: str | None = None) -> cdk.App:
    """Add the stacks of `config` to `app`. If `account` is None, the file or the credentials at deploy decide it."""
    name = config.deployment.name
    environment = cdk.Environment(account=account or config.deployment.account, region=config.deployment.region)
    stacks: list[cdk.Stack] = []
    if config.budget:
        stacks.append(BudgetStack(app, f"{name}-budget", config=config, env=environment))
    if config.model_access:
        stacks.append(ModelAccessStack(app, model_access_stack(name), config=config, env=environment))
    if config.invocation_logging:
        logging_id = invocation_logging_stack(name)
        stacks.append(InvocationLoggingStack(app, logging_id, config=config, env=environment))
    if config.training:
        datasets = prepare_datasets(config)
        stacks.append(TrainingStack(app, training_stack(name), config=config, datasets=datasets, env=environment))
    if config.provisioned_throughput:
        throughput_id = provisioned_throughput_stack(name)
        stacks.append(ProvisionedThroughputStack(app, throughput_id, config=config, env=environment))
    stacks += _answering_stacks(app, config, environment)
    for earlier, later in pairwise(stacks):  # deploys in this order: budget and model access first, the API last
        later.add_stack_dependency(earlier)
    cdk.Tags.of(app).add(DEPLOYMENT_TAG, name)
    return app


def _answering_stacks(app: cdk.App, config: DeploymentConfig, environment: cdk.Environment) -> list[cdk.Stack]:
    """What requests reach: knowledge base, prompts, agents, the API over all of them; and what watches it."""
    name = config.deployment.name
    stacks: list[cdk.Stack] = []
    if config.built_knowledge_bases:
        stacks.append(KnowledgeBaseStack(app, knowledge_base_stack(name), config=config, env=environment))
    if config.prompts:
        stacks.append(PromptsStack(app, prompts_stack(name), config=config, env=environment))
    if config.agents:
        stacks.append(AgentsStack(app, agents_stack(name), config=config, env=environment))
    if config.inference_api:
        api_id = inference_api_stack(name)
        stacks.append(InferenceApiStack(app, api_id, config=config, env=environment))
    if config.operations:
        stacks.append(OperationsStack(app, operations_stack(name), config=config, env=environment))
    return stacks


def build_pipeline_access(app: cdk.App, config: DeploymentConfig, *, account: str | None = None) -> cdk.App:
    """Without the deployment's tag, by which `kit deploy` finds what is no longer in the file."""
    environment = cdk.Environment(account=account or config.deployment.account, region=config.deployment.region)
    PipelineAccessStack(app, pipeline_access_stack(config.deployment.name), config=config, env=environment)
    return app


def build_pipeline(app: cdk.App, path: Path, *, account: str | None = None) -> cdk.App:
    """The stack of `kit pipeline deploy`, which no deploy of an environment makes or removes."""
    from stacks.pipeline_stack import PipelineStack  # CodePipeline and CodeBuild take long to load

    plan = load_pipeline_plan(path)
    check_pipeline_account(plan, account, path.name)
    environment = cdk.Environment(account=plan.section.account, region=plan.section.region)
    PipelineStack(app, pipeline_stack(plan.name), plan=plan, config=path, project=PROJECT, env=environment)
    return app


def main(own_stacks: OwnStacks | None = None) -> None:
    """Synthesize the project's deployment.toml. `own_stacks` adds stacks to the app, after the kit's."""
    try:
        _synthesize(own_stacks)
    except ConfigError as error:
        sys.exit(f"{error}\n{counted(len(error.faults), 'fault')}; nothing was deployed")
    gc.freeze()  # spares the last collection at exit


def _synthesize(own_stacks: OwnStacks | None) -> None:
    flags = json.loads((SOURCES / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = cdk.App(context=flags)  # `python app.py` gives the same templates as the CDK CLI, whose context wins
    path = PROJECT / (app.node.try_get_context("config") or "deployment.toml")
    if app.node.try_get_context(PIPELINE_CONTEXT):
        _write(build_pipeline(app, path, account=os.environ.get("CDK_DEFAULT_ACCOUNT")), path)
        return
    config = load_deployment_config(path, app.node.try_get_context("environment"))
    account = os.environ.get("CDK_DEFAULT_ACCOUNT")  # of the credentials, from the CDK CLI
    check_account(config, account, path.name)
    today = datetime.datetime.now(datetime.UTC).date()
    check_deployment(config, path.name, today=today, account=account)
    if app.node.try_get_context(PIPELINE_ACCESS_CONTEXT):
        _write(build_pipeline_access(app, config, account=account), path)
        return
    warnings = (
        model_warnings(config, today),
        model_access_warnings(config),
        budget_warnings(config),
        cors_warnings(config),
        invocation_logging_warnings(config),
    )
    for warning in (*chain(*warnings), *documents_warnings(config), *reading_warnings(config), *web_warnings(config)):
        print(f"warning: {path.name}: {config.placed(warning)}", file=sys.stderr)
    print(summary(config), file=sys.stderr)  # standard output belongs to the CDK CLI
    build_app(app, config, account=account)
    if own_stacks:
        environment = cdk.Environment(account=account or config.deployment.account, region=config.deployment.region)
        own_stacks(app, config, environment)
    _write(app, path)


def _write(app: cdk.App, path: Path) -> None:
    app.synth()
    check_templates(Path(app.outdir), path.name)


if __name__ == "__main__":
    main()
