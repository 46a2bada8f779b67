"""A tool that opens a ticket. It changes something, so a person approves each call (`confirm = true`).

The number is a hash of the ticket: if the same call comes twice, there is one ticket. Yours would write it to a table
with that number as its key.
"""

import hashlib
import json
from typing import Any

PRIORITIES = ("low", "normal", "high")
MAX_SUMMARY = 200


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Called with the arguments that a person approved. Says what is wrong with them instead of raising."""
    summary, priority = str(event.get("summary", "")).strip(), event.get("priority", "normal")
    if not summary or len(summary) > MAX_SUMMARY:
        return {"error": f"summary must be 1 to {MAX_SUMMARY} characters, got {len(summary)}"}
    if priority not in PRIORITIES:
        return {"error": f"priority must be one of {', '.join(PRIORITIES)}, got {priority!r}"}
    ticket = {"summary": summary, "priority": priority, "order_number": event.get("order_number")}
    digest = hashlib.sha256(json.dumps(ticket, sort_keys=True).encode()).hexdigest()
    return {"ticket": f"T-{digest[:8].upper()}", "status": "open", **{k: v for k, v in ticket.items() if v}}
