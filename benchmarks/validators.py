"""AWS's published dataset validators as functions from a record to accepted or not, loaded from copies on disk."""

import importlib
import importlib.util
import sys
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Judge = Callable[[Any], bool | None]  # None: the validator cannot judge it here (it would look into S3)
Validator = Mapping[str, Judge]  # by record format


def nova(path: Path) -> Validator:
    """Both repositories' scripts: the later one also knows reinforcement fine-tuning."""
    module = _loaded(f"aws_{path.parent.parent.name}_{abs(hash(path))}", path)
    judges = {"converse": _pydantic(module.ConverseDatasetSample, {"model_name": "lite"})}
    if hasattr(module, "RFTDatasetSample"):
        judges["reinforcement-prompts"] = _pydantic(module.RFTDatasetSample, {"model_name": "lite-2.0"})
    return judges


def llama(folder: Path) -> Validator:
    module = _loaded_among_siblings("dataset_validation", folder)
    return {"prompt-completion": _raising(lambda record: module.validate_prompt_completion(record, 0))}


def distillation(folder: Path) -> Validator:
    module = _loaded_among_siblings("dataset_validator", folder)
    return {"distillation-prompts": _raising(lambda record: module.validate_prompt(record, False))}


def forge(folder: Path) -> Validator:
    """The SDK's own modules without its packages' __init__, which would import all of SageMaker."""
    root = folder / "src" / "amzn_nova_forge"
    for name in ("", ".dataset", ".dataset.dataset_validator", ".dataset.configs", ".core", ".validation", ".util"):
        package = types.ModuleType(f"amzn_nova_forge{name}")
        package.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
        sys.modules[package.__name__] = package
    sys.modules.setdefault("filetype", types.ModuleType("filetype"))
    tuning = importlib.import_module("amzn_nova_forge.dataset.dataset_validator.sft_dataset_validator")
    reinforcement = importlib.import_module("amzn_nova_forge.dataset.dataset_validator.rft_dataset_validator")
    models = importlib.import_module("amzn_nova_forge.core.enums").Model
    return {
        "converse": _pydantic(tuning.SFTConverseDatasetSample, {"model": models.NOVA_LITE}),
        "reinforcement-prompts": _pydantic(reinforcement.RFTDatasetSample, {"model": models.NOVA_LITE_2}),
    }


VALIDATORS: Mapping[str, Callable[[Path], Validator]] = {
    "nova": nova,
    "nova-samples": nova,
    "llama": llama,
    "distillation": distillation,
    "forge": forge,
}


def _pydantic(model: Any, context: dict[str, Any]) -> Judge:
    from pydantic import ValidationError

    def judge(record: Any) -> bool | None:
        try:
            model.model_validate(record, context=context)
        except ValidationError:
            return False
        except Exception as error:
            return None if type(error).__name__ == "InfrastructureError" else False
        return True

    return judge


def _raising(check: Callable[[Any], None]) -> Judge:
    """Any exception refuses: a script that dies on a record has not accepted it."""

    def judge(record: Any) -> bool:
        try:
            check(record)
        except Exception:
            return False
        return True

    return judge


def _loaded(name: str, path: Path) -> Any:
    specification = importlib.util.spec_from_file_location(name, path)
    if specification is None or specification.loader is None:
        raise SystemExit(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module


def _loaded_among_siblings(name: str, folder: Path) -> Any:
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))
