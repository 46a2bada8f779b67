"""check_data with stubbed clients, and Bedrock's answers about models."""

import json
from typing import Any
from unittest import mock

from botocore.stub import ANY

from customization import check_data as checks
from kit_contract.runs import Run
from tests.customization.aws import BUCKET, KEY, MODEL_ARN, RUN_ID, streamed, stubbed

REPORT = f"runs/support/{RUN_ID}/check.json"
TIMESTAMP = "20261124023000"


class Checking:
    """check_data with stubbed clients. Keeps the report that it writes."""

    def __init__(self) -> None:
        self.bedrock_client, self.bedrock = stubbed("bedrock")
        self.s3_client, self.s3 = stubbed("s3")
        self.report: dict[str, Any] = {}
        self.s3_client.meta.events.register("provide-client-params.s3.PutObject", self._keep)

    def without_model(self) -> "Checking":
        expected = {"nameContains": RUN_ID, "isOwned": True, "sortBy": "CreationTime", "sortOrder": "Descending"}
        self.bedrock.add_response("list_custom_models", {"modelSummaries": []}, expected)
        return self

    def with_models(self, *models: dict[str, object]) -> "Checking":
        """Ours, in the order of the list."""
        summaries = [
            {
                "modelArn": MODEL_ARN,
                "modelName": f"sup-support-{RUN_ID}",
                "creationTime": 0,
                "baseModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k",
                "baseModelName": "Nova Micro",
                **model,
            }
            for model in models
        ]
        self.bedrock.add_response("list_custom_models", {"modelSummaries": summaries})
        tags = [{"key": "bedrock-kit:deployment", "value": "sup"}]
        for summary in summaries:
            self.bedrock.add_response("list_tags_for_resource", {"tags": tags}, {"resourceARN": summary["modelArn"]})
        return self

    def with_data(self, content: bytes, *, report: bool = True) -> "Checking":
        self.s3.add_response("get_object", streamed(content), {"Bucket": BUCKET, "Key": KEY})
        if report:
            expected = {"Bucket": BUCKET, "Key": REPORT, "Body": ANY, "ContentType": "application/json"}
            self.s3.add_response("put_object", {}, expected)
        return self

    def check(self, run: Run) -> Any:
        with mock.patch.object(checks, "claim_run"):  # it has tests of its own
            result = checks.check_data(run, bedrock=self.bedrock_client, s3=self.s3_client, timestamp=TIMESTAMP)
        self.all_called()
        return result

    def all_called(self) -> None:
        self.bedrock.assert_no_pending_responses()
        self.s3.assert_no_pending_responses()

    def _keep(self, params: dict[str, Any], **_: object) -> None:
        self.report = json.loads(params["Body"])
