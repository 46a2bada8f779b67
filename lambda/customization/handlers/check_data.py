"""Handler of the check: the execution's input -> the model that exists already, or the names of the job."""

from collections.abc import Mapping
from typing import Any

from customization import invocation
from customization.check_data import check_data
from customization.external.check import check_external_model
from kit_contract.external_models import EXTERNAL_METHODS
from kit_contract.run_events import ModelExists, NewJob
from kit_contract.runs import Run


def handler(event: Mapping[str, Any], context: object) -> ModelExists | NewJob:
    run, timestamp = Run.from_json(event), invocation.now("%Y%m%d%H%M%S")
    bedrock, s3 = invocation.client("bedrock"), invocation.client("s3")
    check = check_external_model if run.specification.method in EXTERNAL_METHODS else check_data
    return invocation.logged(
        "check_data", lambda: check(run, bedrock=bedrock, s3=s3, timestamp=timestamp), run_id=run.run_id
    )
