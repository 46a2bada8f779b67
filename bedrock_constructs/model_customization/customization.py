"""What a user knows of a customization: base model and records. The catalog knows the rest."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bedrock_constructs.arguments import ALIAS, ALIAS_IN_WORDS, check_kind, check_text
from bedrock_constructs.lambda_functions.staging import staging_folder
from model_catalog import catalog
from model_catalog.model import Customization as Offered
from training_data.checking.model_rules import model_rules
from training_data.conversion.record_conversion import Target
from training_data.preparation import PreparedDataset, prepare_dataset


@dataclass(frozen=True, kw_only=True)
class Customization:
    """`base_model`: an id that takes fine-tuning. `dataset`: files of records, in any form that
    `kit data convert` reads.

    `alias`: callers ask for it; by default the customization's own name. `hyperparameters`: those that are not the
    catalog's defaults. `system`: a prompt for records without one. `provisioned_model_name`: the throughput that serves
    the alias; without it the model is served on demand.
    """

    base_model: str
    dataset: Path | str | Sequence[Path | str]
    alias: str | None = None
    hyperparameters: Mapping[str, int | float | str] = field(default_factory=dict)
    system: str | None = None
    provisioned_model_name: str = ""

    def __post_init__(self) -> None:
        check_text("base_model", self.base_model, ".+", "the id of a model that takes fine-tuning")
        if not self.dataset:
            raise ValueError(f"dataset must name files of records, got {self.dataset!r}; name one")
        if self.alias is not None:
            check_text("alias", self.alias, ALIAS, ALIAS_IN_WORDS)
        check_kind("hyperparameters", self.hyperparameters, Mapping, "a dict of names and values")
        check_kind("system", self.system, str | None, "a text, or None")

    @property
    def files(self) -> list[Path]:
        named = [self.dataset] if isinstance(self.dataset, (str, Path)) else self.dataset
        return [Path(file).resolve() for file in named]

    def offered(self, region: str) -> Offered:
        """Raises CatalogError where it is not offered; a region that is not known before the deploy passes."""
        if region:
            return catalog.customizable(self.base_model, region)
        found = catalog.find(self.base_model).customizations.get("FINE_TUNING")
        return found or catalog.customizable(self.base_model, "")

    def values(self) -> dict[str, str]:
        return catalog.check_hyperparameters(self.base_model, self.hyperparameters)

    def prepared(self, name: str, offered: Offered) -> PreparedDataset:
        """The records as the base model takes them. Raises DatasetError with what is wrong with them."""
        limits = offered.limits
        return prepare_dataset(
            self.files,
            model_rules(self.base_model, "FINE_TUNING", limits),
            min_records=limits.min_records,
            max_records=limits.max_records,
            target=Target(limits.record_format, system=self.system),
            output=staging_folder("datasets") / f"{name}-{os.getpid()}.jsonl",
            taker=self.base_model,
        )
