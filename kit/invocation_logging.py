"""Whether model invocation logging of the account is as the last deploy configured it."""

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from kit_contract.invocation_logging import destinations, differs, in_words
from kit_contract.parameters import invocation_logging


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
