"""Losses of a run, and events of its execution as Step Functions lists them."""

from __future__ import annotations

from typing import Any

from tests.fine_tuning_api.fake_aws import NOW

METRICS = {
    "steps": {
        "training": [
            {"step": 1, "epoch": 1, "loss": 2.0},
            {"step": 2, "epoch": 1, "loss": 1.5},
            {"step": 4, "epoch": 2, "loss": 1.0},
        ],
        "validation": [{"step": 2, "epoch": 1, "loss": 1.75}],
    }
}


def state_entered(number: int, state: str, kind: str = "Task") -> dict[str, Any]:
    entered = {"stateEnteredEventDetails": {"name": state}}
    return {"id": number, "type": f"{kind}StateEntered", "timestamp": NOW, **entered}


def history_event(number: int, kind: str, **details: Any) -> dict[str, Any]:
    return {"id": number, "type": kind, "timestamp": NOW, **details}


STARTED = [history_event(1, "ExecutionStarted"), state_entered(2, "CheckData")]
TRAINING_NOW = [*STARTED, state_entered(3, "TrainedBefore", "Choice"), state_entered(4, "Train")]
