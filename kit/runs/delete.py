"""`kit runs delete`: takes away a run's model and what the run wrote, in the order that Bedrock demands.

custom model deployments -> custom model -> objects below runs/ and output/. The dataset stays: other runs may use it.
If it fails in the middle, the same command goes on.
"""

import argparse
import json
import time
from collections.abc import Sequence

from deployment.costs.imported_models import unit_storage_line
from deployment.costs.training import model_storage_line
from kit.runs.arguments import RUN, add_common_arguments
from kit.runs.asking import agreed
from kit.runs.choose import choose
from kit.runs.chosen import found_runs
from kit.runs.deployed import Deployed
from kit.runs.details import Details, details_of
from kit.runs.entry import name_of
from kit.runs.imported_models import delete_model, units_of
from kit.runs.lookup import customizations, read_parameters
from kit.runs.removal import Removal, removal_of
from kit.runs.words import usd
from kit_contract.aws_errors import says_absent, says_busy
from kit_contract.counted import counted
from kit_contract.errors import ExternalError, InputError
from kit_contract.external_models import EXTERNAL_METHODS
from kit_contract.model_arns import is_imported_model
from kit_contract.runs import RunSpecification

ATTEMPTS, PAUSE = 60, 10.0  # a deployment is gone within minutes
OBJECTS_AT_ONCE = 1000  # DeleteObjects


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("run_name", metavar="RUN", help=RUN)
    parser.add_argument("--yes", action="store_true", help="delete without being asked")


def run(options: argparse.Namespace) -> int:
    deployed, runs = found_runs(options)
    found = choose(runs, options.run_name, options.customization)
    if options.run_name == found.customization:
        raise InputError(
            f"RUN must be the beginning of a run's id here, not a customization; its newest is {found.run_id}"
        )
    removal = removal_of(deployed, found, runs)
    if removal.refusals:
        reasons = "\n".join(f"  {reason}" for reason in removal.refusals)
        raise InputError(f"run {found.run_id} of {found.customization} cannot be deleted:\n{reasons}")
    if found.model is None and not removal.keys:
        raise InputError(f"run {found.run_id} of {found.customization} has no model and no objects left to delete")
    if not agreed(_question(deployed, removal), options):
        return 1
    pause = 0.2 if options.local else PAUSE
    _delete(deployed, removal, pause)
    if options.json:
        print(json.dumps({**name_of(found), **_json(removal)}, indent=1))
    else:
        print(f"{found.customization} {found.run_id} is deleted; its executions and jobs stay in AWS's lists")
    return 0


def _question(deployed: Deployed, removal: Removal) -> str:
    found, lines = removal.run, [f"Delete of run {removal.run.run_id} of {removal.run.customization}:"]
    lines += [f"  custom model deployment {name}" for name, _ in removal.deployments]
    if found.model:
        (details,) = details_of(deployed, [found])
        month = _storage(deployed, found.model.arn, details.base_model)
        billed = "an unknown sum" if month is None else f"{usd(month)} USD"
        lines.append(f"  custom model {found.model.name}, billed {billed} a month")
        external = details.method in EXTERNAL_METHODS
        if not external:
            lines.append("    It cannot be brought back, and training it again is paid for again.")
        if _is_wanted(deployed, details) and external:
            lines.append(
                "    deployment.toml asks for it: the next deploy makes it again, if its source is still there."
            )
        elif _is_wanted(deployed, details):
            lines.append("    deployment.toml asks for it: the next deploy says so, and trains it with --retrain only.")
    size = f"{removal.bytes:,} bytes"
    lines.append(
        f"  {counted(len(removal.keys), 'object')} of s3://{deployed.bucket}, {size}; old versions are kept for 90 days"
    )
    return "\n".join([*lines, "Delete them?"])


def _storage(deployed: Deployed, arn: str, base_model: str) -> float | None:
    if is_imported_model(arn):
        return unit_storage_line("", units_of(deployed, arn), deployed.region).usd
    return model_storage_line("", "", base_model, deployed.region).usd


def _is_wanted(deployed: Deployed, details: Details) -> bool:
    """Whether the deployed settings and the run's data give this run."""
    found = customizations(deployed, read_parameters(deployed)).get(details.run.customization)
    digest = str(details.input.get("dataset_sha256", ""))
    return bool(found and digest) and RunSpecification.from_json(found or {}).run_id(digest) == details.run.run_id


def _json(removal: Removal) -> dict[str, object]:
    model = removal.run.model
    return {
        "custom_model_deployments": [arn for _, arn in removal.deployments],
        "custom_model_arn": model.arn if model else None,
        "objects": len(removal.keys),
        "bytes": removal.bytes,
    }


def _delete(deployed: Deployed, removal: Removal, pause: float) -> None:
    for _, arn in removal.deployments:
        _delete_deployment(deployed, arn, pause)
    if removal.run.model:
        _delete_model(deployed, removal.run.model.arn, pause)
    _delete_objects(deployed, removal.keys)


def _delete_deployment(deployed: Deployed, arn: str, pause: float) -> None:
    for _ in range(ATTEMPTS):
        try:
            deployed.bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
            deployed.bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=arn)
        except Exception as error:
            if says_absent(error):
                return
            if not says_busy(error):
                raise
        time.sleep(pause)
    raise ExternalError(f"{arn} is still being deleted; run kit runs delete again in some minutes")


def _delete_model(deployed: Deployed, arn: str, pause: float) -> None:
    """Bedrock may need a moment to know that no deployment uses it any more."""
    for _ in range(ATTEMPTS):
        try:
            delete_model(deployed, arn)
            return
        except Exception as error:
            if says_absent(error):
                return
            if not says_busy(error):
                raise
            reason = error
        time.sleep(pause)
    raise ExternalError(f"{arn} is still in use: {reason}; run kit runs delete again in some minutes")


def _delete_objects(deployed: Deployed, keys: Sequence[str]) -> None:
    """Raises ExternalError with S3's reason for the first object that it keeps."""
    for first in range(0, len(keys), OBJECTS_AT_ONCE):
        items = [{"Key": key} for key in keys[first : first + OBJECTS_AT_ONCE]]
        answer = deployed.s3.delete_objects(Bucket=deployed.bucket, Delete={"Objects": items, "Quiet": True})  # type: ignore[typeddict-item]
        for fault in answer.get("Errors", []):
            raise ExternalError(
                f"s3://{deployed.bucket}/{fault.get('Key')} was not deleted: {fault.get('Message')}; the model is, so "
                "run kit runs delete again for the objects"
            )
