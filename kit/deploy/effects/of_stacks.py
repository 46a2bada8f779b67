"""Effects of the changes of resources: those that lose data, change what callers know, or are billed by the hour."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from deployment.config import DeploymentConfig
from deployment.costs.knowledge_base import ingestion_group
from kit.deploy.effects.effect import Effect, Kind
from kit.deploy.effects.resource_changes import Action, ResourceChange
from kit_contract.stacks import knowledge_base_stack

# Type -> what is lost with one. Whatever else is replaced or deleted is made again without anyone noticing.
VALUED = {
    "AWS::ApiGateway::ApiKey": "its key",
    "AWS::ApiGateway::RestApi": "its URL, which callers use",
    "AWS::Bedrock::DataSource": "what it has ingested",
    "AWS::Bedrock::Guardrail": "its versions, which others may apply",
    "AWS::Bedrock::KnowledgeBase": "its id and what it has ingested",
    "AWS::Bedrock::Prompt": "its ARN and versions, which your own code may name",
    "AWS::BedrockAgentCore::Gateway": "its URL",
    "AWS::BedrockAgentCore::Harness": "its ARN, which callers use",
    "AWS::BedrockAgentCore::Memory": "what it remembers",
    "AWS::KMS::Key": "all data under it",
    "AWS::Logs::LogGroup": "its logs",
    "AWS::OpenSearchServerless::Collection": "its vectors",
    "AWS::RDS::DBCluster": "its tables",
    "AWS::S3::Bucket": "its objects",
    "AWS::S3Vectors::Index": "its vectors",
    "AWS::S3Vectors::VectorBucket": "its vectors",
    "AWS::SecretsManager::Secret": "its value",
    "AWS::StepFunctions::StateMachine": "its executions, and those that run",
    "Custom::BedrockCustomModelDeployment": "its ARN",
    "Custom::BedrockImportedModelServing": "what it serves",
    "Custom::BedrockProvisionedThroughput": "its capacity",
    "Custom::OpenSearchIndex": "its vectors",
    "Custom::PgVectorTable": "its vectors",
}
REINGESTED = {
    *("AWS::Bedrock::KnowledgeBase", "AWS::Bedrock::DataSource", "AWS::S3Vectors::Index"),
    *(
        "AWS::OpenSearchServerless::Collection",
        "AWS::RDS::DBCluster",
        "Custom::OpenSearchIndex",
        "Custom::PgVectorTable",
    ),
}
PUT = "the documents that were put into it, which only you have: put them again after it (kit knowledge put)"
# Type -> what is billed. A throughput has a table of its own (throughput_changes.py).
BILLED_BY_THE_HOUR = {
    "AWS::OpenSearchServerless::Collection": "OpenSearch compute units, by the hour from the deploy on",
    "AWS::RDS::DBCluster": "Aurora capacity units, by the hour while it does not pause",
}
CAPACITY = ("ServerlessV2ScalingConfiguration", "StandbyReplicas")


def effects_of_changes(config: DeploymentConfig, stack: str, changes: Sequence[ResourceChange]) -> Iterator[Effect]:
    for change in changes:
        yield from _lost(stack, change)
        yield from _bought(stack, change)
    added, removed = (
        {item.type for item in changes if item.action is action} for action in (Action.ADD, Action.REMOVE)
    )
    beside = added & removed  # a replacement that is built beside the old one has another logical id
    if again := [item for item in changes if item.type in REINGESTED and _is_anew(item, beside)]:
        bases = sorted(item.logical_id for item in again)
        what = f"all documents are embedded and stored again, because of the replaced {', '.join(bases)}"
        usd = reingestion_usd(config, stack, bases)
        yield Effect(Kind.REINGEST, stack, what, stack, usd=usd, content=_content(*again))


def _is_anew(change: ResourceChange, beside: set[str]) -> bool:
    return change.action is Action.REPLACE or (change.action is Action.ADD and change.type in beside)


def _lost(stack: str, change: ResourceChange) -> Iterator[Effect]:
    value = PUT if _holds_put_documents(change) else VALUED.get(change.type)
    if value is None or change.action not in (Action.REMOVE, Action.REPLACE):
        return
    subject = f"{change.logical_id} ({change.type})"
    if change.kept:
        yield Effect(Kind.LEAVE, subject, f"the stack lets go of it, and it stays with {value}", stack)
    if change.action is Action.REPLACE:
        lost = "the old one stays" if change.kept else f"lost: {value}"
        yield Effect(Kind.REPLACE, subject, f"{change.why}; {lost}", stack, content=_content(change))
    elif not change.kept:
        yield Effect(Kind.DELETE, subject, f"no longer in the template; lost: {value}", stack)


def _holds_put_documents(change: ResourceChange) -> bool:
    """Whether no ingestion job can fill its replacement."""
    configuration = change.before.get("Properties", {}).get("DataSourceConfiguration", {})
    return change.type == "AWS::Bedrock::DataSource" and configuration.get("Type") == "CUSTOM"


def _bought(stack: str, change: ResourceChange) -> Iterator[Effect]:
    billed = BILLED_BY_THE_HOUR.get(change.type)
    if billed is None:
        return
    before, after = (_capacity(item.get("Properties", {})) for item in (change.before, change.resource))
    subject = f"{change.logical_id} ({change.type})"
    if change.action is Action.ADD:
        what = f"{billed}: {_in_words(after)}" if after else billed
        yield Effect(Kind.BUY, subject, what, stack, usd=None)
    elif change.action in (Action.UPDATE, Action.REPLACE) and before != after:
        what = f"{billed}: {_in_words(before) or 'the default'} -> {_in_words(after) or 'the default'}"
        yield Effect(Kind.BUY, subject, what, stack, usd=None)


def _capacity(properties: Any) -> dict[str, Any]:
    return {name: properties[name] for name in CAPACITY if name in properties}


def _in_words(capacity: dict[str, Any]) -> str:
    """Such as "MaxCapacity 4, MinCapacity 0"."""
    flat = {name: value if isinstance(value, dict) else {name: value} for name, value in capacity.items()}
    return ", ".join(f"{name} {value[name]}" for value in flat.values() for name in sorted(value))


def _content(*changes: ResourceChange) -> str:
    """Of what is made. A custom resource may be told the time of the deploy, too."""
    made = [item.resource.get("Properties") for item in changes if not item.type.startswith("Custom::")]
    return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest() if made else ""


def reingestion_usd(config: DeploymentConfig, stack: str, logical_ids: Iterable[str]) -> float | None:
    """Of the knowledge bases that these resources belong to.

    None if a price or the size of documents is unknown, and for knowledge bases of your own stacks.
    """
    if stack != knowledge_base_stack(config.deployment.name):
        return None
    built = {f"KnowledgeBase{config.knowledge_base_key(name)}": name for name in config.built_knowledge_bases}
    owners = {max((one for one in built if item.startswith(one)), key=len, default="") for item in logical_ids}
    if not owners <= built.keys():
        return None
    names = sorted(built[owner] for owner in owners)
    groups = [ingestion_group(config, name, config.built_knowledge_bases[name]) for name in names]
    return None if any(group.at_least for group in groups) else sum(group.usd for group in groups)
