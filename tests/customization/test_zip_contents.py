"""What the zips of the workflow's functions hold."""

import pytest

from bedrock_constructs.lambda_functions.sources import source_files

CONTRACT = {f"kit_contract/{name}.py" for name in ("__init__", "errors", "run_events", "run_names", "runs")}


TARGETS = {f"promotion_targets/{name}" for name in ("__init__", "target", "targets", "custom_model_deployment")} | {
    "promotion_targets/provisioned_throughput",
    "promotion_targets/imported_model",
}

PARTS = {
    "check_data": {
        "check_data",
        "conditional_write",
        "dataset_content",
        "existing_model",
        "log_source",
        "parent_model",
        "same_content",
        *("external/__init__", "external/check", "external/copied_models", "external/sagemaker_models"),
        "external/imported_models",
    },
    "record_metrics": {"training_metrics"},
    "promote": {"promotion", "current_settings", *TARGETS},
    "promotion_checks": {
        *TARGETS,
        *(
            "base_model",
            "candidate",
            "current_settings",
            "existing_model",
            "held_back",
            "serving_parameter",
        ),
        *("what_serves", "promotion_checks/__init__", "promotion_checks/after_promotion"),
        *("promotion_checks/before_promotion", "promotion_checks/checking", "promotion_checks/measurements"),
        *("promotion_checks/leftovers", "unreachable"),
        *("promotion_checks/old_models", "promotion_checks/smoke_test", "promotion_checks/verdict"),
    },
    "start_run": {
        *("start_run", "dataset_content", "earlier_attempts", "earlier_jobs", "jobs_in_progress"),
        *("existing_model", "evaluation_gate", "what_serves"),
        *TARGETS,
        *("base_model", "chosen_run", "held_back", "serving_parameter", "superseded", "start_turn"),
        "conditional_write",
    },
}


@pytest.mark.parametrize("handler", PARTS)
def test_a_zip_holds_the_parts_of_its_function_only(handler: str) -> None:
    files = set(source_files(f"customization.handlers.{handler}"))
    own = {"__init__", "invocation", "handlers/__init__", f"handlers/{handler}", *PARTS[handler]}

    assert {name for name in files if name.startswith("customization/")} == {f"customization/{name}.py" for name in own}
    assert files >= CONTRACT
    if handler != "check_data":
        assert not [name for name in files if name.startswith("training_data/")]


def test_the_zip_of_the_check_holds_the_checker_and_not_all_of_training_data() -> None:
    files = {name for name in source_files("customization.handlers.check_data") if name.startswith("training_data/")}

    assert "training_data/checking/checker.py" in files
    others = (
        "redaction",
        "conversion/",
        "sources/tables",
        "sources/json_records",
        "sources/parquet",
        "sources/workbooks",
    )
    assert not [name for name in files if any(other in name for other in others)]
