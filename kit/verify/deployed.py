"""What is deployed, compared with deployment.toml. Nothing of it is there before the first deploy."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from billed_resources.kit_stacks import kit_stacks
from deployment.sections.knowledge_base import KnowledgeBase
from kit.stack_outputs import is_absent_stack
from kit.verify.check import Finding, false, holds, unknown
from kit.verify.place import Place
from kit_contract.aws_errors import code_of, says_absent
from kit_contract.parameters import knowledge_base_id
from kit_contract.run_names import bedrock_name
from kit_contract.tags import DEPLOYMENT_TAG


def stacks(place: Place) -> Iterator[Finding]:
    """Those of the file that are deployed are complete, and there are no others."""
    name, wanted = place.config.deployment.name, place.config.stacks
    found = {item.name: item for item in kit_stacks(place.client("cloudformation")) if item.deployment == name}
    for stack in wanted if found else []:
        yield _status(stack, found[stack].status if stack in found else "")
    for stack in sorted(set(found) - set(wanted)):
        yield false(stack, "it is deployed, but no longer in the file; make deploy asks what to do with it")


def _status(stack: str, status: str) -> Finding:
    if not status:
        return false(stack, "it is in the file, but not deployed; run make deploy")
    if status.endswith("_IN_PROGRESS"):
        return unknown(stack, f"{status}; ask again when it has ended")
    if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"):
        return holds(stack, status)
    return false(stack, f"{status}; aws cloudformation describe-stack-events --stack-name {stack} says why")


def names(place: Place) -> Iterator[Finding]:
    """The names that the file gives are free, or this deployment's own."""
    config, bedrock = place.config, place.client("bedrock")
    for stack in config.stacks:
        yield _owner(place, stack, partial(_stack_tags, place, stack))
    for section in config.provisioned_throughput:
        name = config.provisioned_model_name(section)
        yield _owner(place, name, partial(_tags_of, bedrock, _throughput, name))
    for customization, item in config.custom_models.items():
        if item.serving == "on-demand":
            name = bedrock_name(config.deployment.name, customization)
            yield _owner(place, name, partial(_tags_of, bedrock, _deployment, name))
    for section in config.guardrails:
        yield _guardrail(place, bedrock, bedrock_name(config.deployment.name, section))


def _owner(place: Place, name: str, tags: Callable[[], dict[str, str]]) -> Finding:
    try:
        owner = tags().get(DEPLOYMENT_TAG)
    except Exception as error:
        if not (says_absent(error) or is_absent_stack(error)):
            raise
        return holds(name, "free")
    if owner == place.config.deployment.name:
        return holds(name, "this deployment's own")
    whose = f"deployment {owner}" if owner else "something that this kit did not make"
    return false(name, f"it belongs to {whose}; change [deployment] name")


def _guardrail(place: Place, bedrock: Any, name: str) -> Finding:
    pages = bedrock.get_paginator("list_guardrails").paginate()
    arns = {item["name"]: item["arn"] for page in pages for item in page["guardrails"]}
    if name not in arns:
        return holds(name, "free")
    return _owner(place, name, partial(_tags_of, bedrock, lambda *_: arns[name], name))


def _stack_tags(place: Place, stack: str) -> dict[str, str]:
    found = place.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}


def _throughput(bedrock: Any, name: str) -> str:
    return str(bedrock.get_provisioned_model_throughput(provisionedModelId=name)["provisionedModelArn"])


def _deployment(bedrock: Any, name: str) -> str:
    found = bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=name)
    return str(found["customModelDeploymentArn"])


def _tags_of(bedrock: Any, arn_of: Callable[[Any, str], str], name: str) -> dict[str, str]:
    return {
        tag["key"]: tag["value"] for tag in bedrock.list_tags_for_resource(resourceARN=arn_of(bedrock, name))["tags"]
    }


def knowledge_base(place: Place) -> Iterator[Finding]:
    for name, section in place.config.all_knowledge_bases.items():
        if id_ := section.existing or _deployed_knowledge_base(place, name):
            yield _active(place, id_, section)


def _deployed_knowledge_base(place: Place, name: str) -> str | None:
    """None before its first deploy."""
    parameter = knowledge_base_id(place.config.deployment.name, name)
    try:
        return str(place.client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"])
    except Exception as error:
        if code_of(error) != "ParameterNotFound":
            raise
        return None


def _active(place: Place, id_: str, section: KnowledgeBase) -> Finding:
    found = place.client("bedrock-agent").get_knowledge_base(knowledgeBaseId=id_)["knowledgeBase"]
    reasons = "; ".join(found.get("failureReasons", []))
    managed = found["knowledgeBaseConfiguration"]["type"] == "MANAGED"
    if section.existing and managed != (section.store == "managed"):
        fix = "add" if managed else "remove"
        return false(id_, f'is {"" if managed else "not "}managed by AWS: {fix} store = "managed"')
    if found["status"] == "ACTIVE":
        return holds(id_, "ACTIVE")
    return false(id_, f"{found['status']} {reasons}".strip())


def metric_of_throughputs(place: Place) -> Iterator[Finding]:
    """Each throughput in service that was ever called has the metric under its ARN."""
    found = place.client("bedrock").list_provisioned_model_throughputs(statusEquals="InService")
    arns = sorted(item["provisionedModelArn"] for item in found["provisionedModelSummaries"])
    if not arns:
        return
    pages = (
        place.client("cloudwatch")
        .get_paginator("list_metrics")
        .paginate(Namespace="AWS/Bedrock", MetricName="Invocations")
    )
    values = {item["Value"] for page in pages for metric in page["Metrics"] for item in metric.get("Dimensions", [])}
    for arn in arns:
        if arn in values:
            yield holds(arn)
        else:
            seen = ", ".join(sorted(value for value in values if arn.rpartition("/")[2] in value)) or "nothing of it"
            yield unknown(arn, f"the metric has {seen}; call the throughput and ask again in 15 minutes")
