"""AWS::Budgets::Budget."""

import uuid

from ministack.services import budgets

from local_aws.extension.cloudformation.service_calls import Created, Properties, answer


def create(seed: str, properties: Properties) -> Created:
    budget = {"BudgetName": f"{seed[:40]}-{uuid.uuid4().hex[:12]}", **properties["Budget"]}
    answer(budgets._create_budget({**properties, "Budget": budget}))
    return budget["BudgetName"], {"Id": budget["BudgetName"]}


def update(name: str, properties: Properties) -> Properties:
    answer(budgets._update_budget({"NewBudget": {**properties["Budget"], "BudgetName": name}}))
    return {"Id": name}


def delete(name: str) -> None:
    budgets._delete_budget({"BudgetName": name})
