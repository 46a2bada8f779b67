"""[budget]: a monthly budget of AWS Budgets."""

from typing import Annotated

from pydantic import Field

from deployment.sections.section import EmailAddress, Section, ServiceName

Percent = Annotated[float, Field(ge=0.1, le=1_000_000)]
HARD_STOP_PERCENT = 100.0  # of the budget is spent


class Budget(Section):
    """A monthly budget of AWS Budgets. Without `by_tag` and `services` it counts the whole account.

    `actual_percent` and `forecast_percent` raise alarms, which go to `emails` and, if `topic` is true, to an SNS topic.
    AWS verifies each of `emails` before it mails there: the reader opens a link and signs in to the account.
    `hard_stop`: when 100 % is spent, provisioned throughput without commitment is released until the next month.
    """

    monthly_usd: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    actual_percent: list[Percent] = [50, 80, 100]
    forecast_percent: list[Percent] = [100]
    emails: Annotated[list[EmailAddress], Field(max_length=10)] = []
    topic: bool = False
    hard_stop: bool = False
    by_tag: bool = False
    services: list[ServiceName] = []
