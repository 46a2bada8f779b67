"""A training stack and its runs, jobs, models and deployments, as tests of `kit runs` put them there."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from kit_contract import run_names

NOW = datetime.now(UTC).replace(microsecond=0)
ACCOUNT = "us-east-1:111122223333"
MACHINE = f"arn:aws:states:{ACCOUNT}:stateMachine:Workflow"
NOVA = "amazon.nova-micro-v1:0:128k"
FOUNDATION = f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}"
BUCKET = "the-bucket"
SPECIFICATION = {
    "customization": "support",
    "alias": "support-bot",
    "base_model": NOVA,
    "method": "FINE_TUNING",
    "hyperparameters": {"epochCount": "2"},
    "serving": "on-demand",
    "bucket": BUCKET,
}
ONE, TWO = "0123456789abcdef", "fedcba9876543210"
Page = dict[str, Any]


class FakeAccount:
    def __init__(self) -> None:
        self.executions: list[Page] = []
        self.histories: dict[str, list[Page]] = {}
        self.jobs: list[Page] = []
        self.models: list[Page] = []
        self.imported: list[Page] = []
        self.deployments: list[Page] = []
        self.throughputs: list[Page] = []
        self.tags: dict[str, str] = {}
        self.parameters: dict[str, str] = {}
        self.objects: dict[str, bytes] = {}
        self.outputs = {"TrainingBucket": BUCKET, "WorkflowArn": MACHINE, "RunStarter": "starter"}
        self.answer: Page = {"started": True, "reason": "attempt 2"}
        self.invoked: list[Page] = []

    def add_run(
        self,
        run: str = ONE,
        *,
        customization: str = "support",
        attempt: int = 1,
        status: str = "SUCCEEDED",
        ago: timedelta = timedelta(hours=2),
        error: str = "",
        cause: str = "",
        output: Page | None = None,
        chosen: str = "",
        **settings: Any,
    ) -> str:
        """An execution; returns its ARN."""
        name = run_names.execution_name(customization, run, attempt)
        arn = f"arn:aws:states:{ACCOUNT}:execution:Workflow:{name}"
        given = {
            "specification": SPECIFICATION | {"customization": customization} | settings,
            "run_id": run,
            "key": f"data/{customization}/records.jsonl",
            "dataset_sha256": "5" * 64,
            **({"chosen": chosen, "key": "", "dataset_sha256": ""} if chosen else {}),
        }
        ended = {} if status == "RUNNING" else {"stopDate": NOW - ago + timedelta(minutes=90)}
        self.executions.append(
            {
                "executionArn": arn,
                "stateMachineArn": MACHINE,
                "name": name,
                "status": status,
                "startDate": NOW - ago,
                **ended,
                "input": json.dumps(given),
                **({"output": json.dumps(output)} if output is not None else {}),
                **({"error": error} if error else {}),
                **({"cause": cause} if cause else {}),
            }
        )
        return arn

    def add_job(
        self, run: str = ONE, *, owner: str = "sup-support", attempt: str = "", status: str = "Completed", **more: Any
    ) -> str:
        arn = f"arn:aws:bedrock:{ACCOUNT}:model-customization-job/{NOVA}/{len(self.jobs):012}"
        ended = {} if status in ("InProgress", "Stopping") else {"endTime": NOW - timedelta(hours=1)}
        self.jobs.append(
            {
                "jobArn": arn,
                "jobName": f"{owner}-{run}{attempt}-20261124023000",
                "baseModelArn": FOUNDATION,
                "status": status,
                "creationTime": NOW - timedelta(hours=2),
                "customizationType": "FINE_TUNING",
                **ended,
                **more,
            }
        )
        return arn

    def add_model(self, run: str = ONE, *, owner: str = "sup-support", tagged: str = "sup") -> str:
        arn = f"arn:aws:bedrock:{ACCOUNT}:custom-model/{NOVA}/{len(self.models):012}"
        self.models.append(
            {
                "modelArn": arn,
                "modelName": f"{owner}-{run}",
                "creationTime": NOW,
                "baseModelArn": FOUNDATION,
                "baseModelName": "Nova Micro",
                "modelStatus": "Active",
            }
        )
        self.tags[arn] = tagged
        return arn

    def add_deployment(self, model: str, name: str = "sup-support") -> str:
        arn = f"arn:aws:bedrock:{ACCOUNT}:custom-model-deployment/{len(self.deployments):012}"
        self.deployments.append(
            {
                "customModelDeploymentArn": arn,
                "customModelDeploymentName": name,
                "modelArn": model,
                "createdAt": NOW,
                "status": "Active",
            }
        )
        return arn

    def set_parameter(self, name: str, value: Page) -> None:
        self.parameters[f"/bedrock-kit/sup/{name}"] = json.dumps(value)

    def put(self, run: str, name: str, value: Page, customization: str = "support") -> None:
        self.objects[f"runs/{customization}/{run}/{name}"] = json.dumps(value).encode()
