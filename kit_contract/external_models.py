"""Models that come into Bedrock without a customization job: the methods of their runs, and the record of a source.

A run needs content that identifies it: here one line that says what the model is made from, in place of a dataset.
"""

import hashlib
import json
from collections.abc import Mapping

COPY = "COPY"
SAGEMAKER = "SAGEMAKER"
IMPORT = "IMPORT"
EXTERNAL_METHODS = (COPY, SAGEMAKER, IMPORT)
# Members of the create requests that make no other model: its key, and the network of the job.
KEY_MEMBERS = ("ModelKmsKeyId", "ModelKmsKeyArn", "ImportedModelKmsKeyId", "VpcConfig")


def source_record(method: str, source: Mapping[str, object]) -> bytes:
    """The object that starts the run. `source`: everything that decides which model it gives."""
    return json.dumps({"method": method, "source": source}, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def source_sha256(method: str, source: Mapping[str, object]) -> str:
    return hashlib.sha256(source_record(method, source)).hexdigest()
