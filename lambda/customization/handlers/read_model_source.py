"""Handler of the reader of model sources: what the deploy asks for -> the object that starts the import."""

from collections.abc import Mapping
from typing import Any

from customization import invocation
from customization.collection.model_source import SourceReader
from kit_contract.model_source import ModelSource, ReadSource


def handler(event: Mapping[str, Any], context: Any) -> ReadSource:
    source = ModelSource.from_json(event)
    account = context.invoked_function_arn.split(":")[4]
    reader = SourceReader(source, s3=invocation.client("s3"), account=account)
    return invocation.logged("read_model_source", reader.read, customization=source.customization)
