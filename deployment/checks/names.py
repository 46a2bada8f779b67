"""Faults of names that would give two things one name: a logical id in a stack, or a name in Bedrock."""

from collections import Counter
from collections.abc import Iterable, Iterator

from deployment.config import DeploymentConfig
from kit_contract.stacks import pascal

# A migration buys <name>-next, and leaves <name>-kept (provisioned_throughput_controller/migration.py).
MIGRATED = ("", "-next", "-kept")


def name_faults(config: DeploymentConfig) -> Iterator[str]:
    yield from _logical_id_faults("training.customizations", config.custom_models)
    yield from _logical_id_faults("provisioned_throughput", config.provisioned_throughput)
    yield from _logical_id_faults("guardrails", config.guardrails)
    yield from _logical_id_faults("knowledge_bases", config.knowledge_bases)
    yield from _logical_id_faults("agents", config.agents)
    for agent, item in config.agents.items():
        yield from _logical_id_faults(f"agents.{agent}.tools", item.tools)
    yield from _throughput_faults(config)


def _logical_id_faults(where: str, names: Iterable[str]) -> Iterator[str]:
    """`v-1` and `v1` are both `V1`."""
    first: dict[str, str] = {}
    for name in names:
        if (other := first.setdefault(pascal(name), name)) != name:
            yield f"{where}.{name}: differs from {other!r} in a hyphen before a digit only; rename one of them"


def _throughput_faults(config: DeploymentConfig) -> Iterator[str]:
    sections = config.provisioned_throughput
    names = {section: config.provisioned_model_name(section) for section in sections}
    # Two sections of one customization are a fault of provisioned_throughput.py.
    bought = {sections[section].customization or (section,): name for section, name in names.items()}
    taken = Counter(f"{name}{suffix}" for name in bought.values() for suffix in MIGRATED)
    for section, name in names.items():
        if taken[name] > 1:
            yield (
                f"provisioned_throughput.{section}: its name in Bedrock, {name}, is also that of another section, or "
                "of what a migration of one buys or keeps; rename the section"
            )
