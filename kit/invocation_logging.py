"""Whether model invocation logging of the account is as the last deploy configured it, and what it has replaced."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from kit_contract.aws_errors import code_of
from kit_contract.invocation_logging import destinations, differs, in_words
from kit_contract.parameters import invocation_logging
from kit_contract.stacks import NO_ROLES, REPLACED_LOGGING_ROLES_CONTEXT


def logging_changed(kit_deployment: str, clients: Callable[[str], Any], say: Callable[[str], None]) -> bool:
    """True has the deploy look: it puts right what is off or was changed, and refuses to replace somebody else's."""
    try:
        value = clients("ssm").get_parameter(Name=invocation_logging(kit_deployment))["Parameter"]["Value"]
        present = clients("bedrock").get_model_invocation_logging_configuration().get("loggingConfig") or {}
    except (ClientError, BotoCoreError) as error:
        say(f"warning: whether model invocation logging is as the last deploy left it is unknown: {error}")
        return False
    wanted = json.loads(value)["config"]
    if not differs(present, wanted):
        return False
    now = f"writes to {in_words(present)}" if destinations(present) else "is off"
    what = "with other types of data" if destinations(present) == destinations(wanted) else f"it {now}"
    say(f"model invocation logging was changed outside of this deployment ({what}); the deploy looks at it")
    return True


def replaced_role_arguments(
    kit_deployment: str, clients: Callable[[str], Any], say: Callable[[str], None]
) -> list[str]:
    """Arguments of `cdk deploy`: the roles that only take_over passes, now or when it puts back what it replaced."""
    try:
        kept = _kept(kit_deployment, clients("ssm"))
        present = clients("bedrock").get_model_invocation_logging_configuration().get("loggingConfig") or {}
    except (ClientError, BotoCoreError) as error:
        say(f"warning: the role of the earlier invocation logging is unknown, so any may be passed to Bedrock: {error}")
        return []
    ours = set(destinations(present)) <= set(kept.get("destinations", []))
    replaced = [kept.get("before") or {}, {} if ours else present]
    roles = {config["cloudWatchConfig"]["roleArn"] for config in replaced if config.get("cloudWatchConfig")}
    return ["-c", f"{REPLACED_LOGGING_ROLES_CONTEXT}={' '.join(sorted(roles)) or NO_ROLES}"]


def _kept(kit_deployment: str, ssm: Any) -> Mapping[str, Any]:
    """What the custom resource remembers: empty before the first deploy."""
    try:
        found: dict[str, Any] = json.loads(
            ssm.get_parameter(Name=invocation_logging(kit_deployment))["Parameter"]["Value"]
        )
    except ClientError as error:
        if code_of(error) != "ParameterNotFound":
            raise
        return {}
    return found
