"""What a base model and a method ask of a dataset: the limits, which the model catalog has, and rules by model family.

Sources, read in November 2026 (docs/datasets.md):
NUG/N2UG  Nova and Nova 2 user guides, "Preparing data for fine-tuning understanding models"
N2SFT     Bedrock user guide, "Supervised fine-tuning on Amazon Nova 2.0" (nova-2-sft-data-prep)
UG        Bedrock user guide, "Prepare data for fine-tuning", "Prepare your training datasets for distillation", "Option
          1: Provide your own prompts" and "Requirements for training data sources" (reinforcement fine-tuning)
VAL       the dataset validators in aws-samples/amazon-nova-samples (NUG names this one) and amazon-bedrock-samples
SDK       aws/nova-forge-sdk, dataset checks for the platform Bedrock
"""

from dataclasses import dataclass, replace

from kit_contract.dataset_limits import DatasetLimits

METHODS = ("FINE_TUNING", "DISTILLATION", "REINFORCEMENT_FINE_TUNING")


@dataclass(frozen=True)
class ModelRules:
    """`reserved_words`: "refuse", "warn", or "" if the model reserves none. `reasoning`: assistant turns may have it.

    `usual_min_records` is what VAL and SDK ask for where the guide asks for fewer. `known` is False for a base model
    whose family is not in this file.
    """

    base_model: str
    limits: DatasetLimits
    reserved_words: str = ""
    reasoning: bool = False
    usual_min_records: int = 0
    max_system_blocks: int | None = None
    strict_file_names: bool = False  # NUG: letters, digits, "_", "-", "/" and "." only
    known: bool = True


def model_rules(base_model: str, method: str, limits: DatasetLimits) -> ModelRules:
    """The rules for a method of METHODS."""
    rules = ModelRules(base_model, limits)
    nova = base_model.startswith("amazon.nova")
    if method == "DISTILLATION":  # VAL: one system block; its page says that some words are invalid
        return replace(rules, reserved_words="warn" if nova else "", max_system_blocks=1)
    if method == "REINFORCEMENT_FINE_TUNING":  # VAL refuses reserved words here, SDK does not
        return replace(rules, reserved_words="warn", strict_file_names=True)
    if nova:
        return _nova(rules)
    if base_model.startswith("meta.llama3"):
        return replace(rules, max_system_blocks=1)
    if base_model.startswith("amazon.titan-embed-image"):
        return rules
    return replace(rules, known=False, reserved_words="warn")


def _nova(rules: ModelRules) -> ModelRules:
    rules = replace(rules, reserved_words="refuse", strict_file_names=True)  # NUG, N2UG
    if "nova-2-" in rules.base_model:  # VAL and SDK: 200 records, N2UG: 8. N2SFT: reasoning
        return replace(rules, usual_min_records=200, reasoning=True)
    return rules
