"""Handler of the collector: what the deploy asks for -> the dataset in the training bucket."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from customization import invocation
from customization.collection.collect import Collector
from kit_contract.dataset_collection import DatasetCollection
from kit_contract.run_events import CollectedDataset


def handler(event: Mapping[str, Any], context: Any) -> CollectedDataset:
    collection = DatasetCollection.from_json(event)
    account = context.invoked_function_arn.split(":")[4]
    with tempfile.TemporaryDirectory() as folder:
        collector = Collector(collection, s3=invocation.client("s3"), account=account, folder=Path(folder))
        return invocation.logged("collect_data", collector.collect, customization=collection.customization)
