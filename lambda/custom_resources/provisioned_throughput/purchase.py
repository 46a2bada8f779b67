"""Buys a provisioned throughput: for the custom resource's Create, for the controller, and for a migration.

which model? -> enough quota? -> ledger written -> ordered -> a refusal explained

The ledger is written before the order, and all orders of one purchase have the same client token: a purchase that is
repeated, or runs twice at once, buys one throughput.
"""

from collections.abc import Callable

from custom_resources.framework.errors import error_code
from custom_resources.provisioned_throughput import bedrock_calls
from custom_resources.provisioned_throughput.clients import Clients
from custom_resources.provisioned_throughput.model import wanted_model
from custom_resources.provisioned_throughput.properties import ThroughputProperties
from custom_resources.provisioned_throughput.quota import check_quota, explained

NO_MODEL = "no model yet"


def purchase(
    clients: Clients,
    wanted: ThroughputProperties,
    *,
    token: str,
    write_ledger: Callable[[], object],
    postponed: str = "",
) -> str:
    """Order `wanted` with the client token `token`. Returns why nothing was ordered; empty if it was.

    `postponed` is a reason to order nothing now: the model and the quota are checked all the same.
    Raises ResourceFailedError if a quota does not allow the purchase.
    """
    model = wanted_model(clients, wanted)
    if model is None:
        return NO_MODEL
    check_quota(clients, wanted, model)
    if postponed:
        return postponed
    write_ledger()
    try:
        bedrock_calls.order(clients.bedrock, wanted, model, token)
    except Exception as error:
        if error_code(error) != "ServiceQuotaExceededException":
            raise
        raise explained(error, clients, wanted, model) from None
    return ""
