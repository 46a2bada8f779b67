"""How much and what a base model and method take of a dataset: the model catalog knows, a run's specification carries.

The check also runs in Lambda, which has no catalog.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from kit_contract.errors import InputError

CONVERSE, PROMPT_COMPLETION, IMAGE_CAPTION = "converse", "prompt-completion", "image-caption"
DISTILLATION_PROMPTS, REINFORCEMENT_PROMPTS = "distillation-prompts", "reinforcement-prompts"


@dataclass(frozen=True)
class DatasetLimits:
    """None means that no limit is known. `max_records` counts training and validation records together.

    `max_validation_records` is 0 where no validation set is taken. `max_tokens` bounds a record, `max_bytes` a file.
    Without `image_formats` and `video_formats` records hold text only.
    """

    record_format: str
    min_records: int
    max_records: int
    max_validation_records: int | None = None
    max_tokens: int | None = None
    max_bytes: int | None = None
    image_formats: tuple[str, ...] = ()
    video_formats: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The limits that are known, as keys of a run's specification."""
        known = {name: value for name, value in asdict(self).items() if value not in (None, ())}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in known.items()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "DatasetLimits":
        """The limits among the keys of a run's specification. Raises InputError if a required one is missing."""
        missing = [name for name in ("record_format", "min_records", "max_records") if name not in values]
        if missing:
            raise InputError(f"{cls.__name__} has no {', '.join(missing)}, got {sorted(values)}; deploy the kit again")
        given: dict[str, Any] = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        for name in {"image_formats", "video_formats"} & given.keys():
            given[name] = tuple(given[name])
        return cls(**given)
