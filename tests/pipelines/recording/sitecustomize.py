"""Of the processes of a walk: writes each call of boto3 to $WALK_CALLS, and lets `kit deploy` reach the embedded AWS.

A line is: role of the step, whether another role's credentials were used, service, operation.
"""

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def record(module: Any) -> None:
    behind = module.BaseClient._make_api_call

    def call(self: Any, operation: str, parameters: Any) -> Any:
        used = self._request_signer._credentials
        own = used is None or used.access_key == os.environ.get("AWS_ACCESS_KEY_ID")
        service = self.meta.service_model.signing_name
        line = f"{os.environ.get('WALK_ROLE', '')} {'own' if own else 'assumed'} {service} {operation}\n"
        with Path(os.environ["WALK_CALLS"]).open("a", encoding="utf-8") as file:
            file.write(line)
        return behind(self, operation, parameters)

    module.BaseClient._make_api_call = call


def allow(module: Any) -> None:
    """The only guard that is off: here the embedded AWS stands for the account."""
    module.require_real = lambda environ, *, profile=None: None


GUARD = "local_aws.guard"
AFTER: dict[str, Callable[[Any], None]] = {
    "botocore.client": record,
    GUARD: allow,
    f"bedrock_deployment_kit.{GUARD}": allow,  # where the kit is installed
}


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> Any:
        if name not in AFTER:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec and spec.loader:
            behind = spec.loader.exec_module

            def run(module: Any) -> None:
                behind(module)
                AFTER[name](module)

            spec.loader.exec_module = run  # type: ignore[method-assign]
        return spec


sys.meta_path.insert(0, Finder())
