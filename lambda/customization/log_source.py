"""The dataset of a distillation from invocation logs: one line that says which logs Bedrock reads."""

import json
from typing import TYPE_CHECKING

from kit_contract.errors import InputError
from kit_contract.runs import Run
from training_data.checking.dataset_rules import DatasetReport
from training_data.checking.findings import CheckReport

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class TrainingDataError(InputError):
    """When the data would fail the job: the first finding, the counts, and where the whole report is."""


def reads_logs(run: Run) -> bool:
    return "TrainingDataConfig" in run.specification.job_members


def check_log_source(run: Run, s3: "S3Client") -> DatasetReport:
    """An empty report. Raises TrainingDataError for any other data: the job would read the logs all the same."""
    body = s3.get_object(Bucket=run.specification.bucket, Key=run.key)["Body"].read()
    try:
        source = json.loads(body)
    except ValueError:
        source = None
    wanted = run.specification.job_members["TrainingDataConfig"]["InvocationLogsConfig"]
    if not isinstance(source, dict) or source.get("invocationLogsConfig") != wanted:
        raise TrainingDataError(
            f"{run.key} is not the source of {run.specification.customization}, which learns from invocation logs; "
            "remove invocation_logs from deployment.toml to train on files"
        )
    return DatasetReport(CheckReport(), None)
