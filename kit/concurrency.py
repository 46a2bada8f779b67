"""Lambda's concurrency in the account: a new account has 10, and each request to the API takes two.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

CODE = "L-B99A9384"  # Concurrent executions
# Below this, a few callers at once are enough to be throttled.
ENOUGH = 100


def concurrency_notice(account_settings: Callable[[], Mapping[str, Any]], region: str) -> str:
    """What to know before the deploy; empty if there is enough. `account_settings` is Lambda's GetAccountSettings."""
    try:
        allowed = int(account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"])
    except (BotoCoreError, ClientError) as error:
        return f"Lambda's concurrency in {region} could not be checked, a new account has 10 ({error})"
    if allowed >= ENOUGH:
        return ""
    return (
        f"this account may run {allowed} Lambda functions at a time in {region}. A request to the API takes two (the "
        f"authorizer and the function), so {allowed // 2} callers at once are served and the others get 429 or 500; a "
        "deploy takes one for each custom resource that waits, up to 15 minutes at a time. Raise the quota: aws "
        f"service-quotas request-service-quota-increase --service-code lambda --quota-code {CODE} --desired-value 1000 "
        f"--region {region}"
    )
