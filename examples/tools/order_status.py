"""A tool that looks up an order. The orders are here in the file; yours are in a table or behind an API."""

import re
from typing import Any

ORDER = re.compile(r"[A-Z]-?\d{4}")
ORDERS: dict[str, dict[str, str]] = {
    "A-1001": {"status": "shipped", "item": "espresso machine", "carrier": "DHL", "expected": "2026-12-02"},
    "A-1002": {"status": "being packed", "item": "water filter, 3 pieces", "expected": "2026-12-04"},
    "A-1003": {"status": "delivered", "item": "grinder", "delivered": "2026-11-20"},
}


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Called with the arguments that the model gave. What is wrong with them is an answer, which the model reads."""
    number = str(event.get("order_number", "")).strip().upper()
    if not ORDER.fullmatch(number):
        return {"error": f"order_number must be a letter and four digits such as A-1001, got {number!r}"}
    number = f"{number[0]}-{number[-4:]}"
    found = ORDERS.get(number)
    return {"order_number": number, **found} if found else {"error": f"there is no order {number}"}
