"""What each base model asks of a dataset beyond its record format, as a table with sources and dates. Pure.

Sources, all read from mirrors in November 2026 (docs/datasets.md names their dates):
NUG/N2UG  Nova and Nova 2 user guides, "Preparing data for fine-tuning understanding models"
UG        Bedrock user guide, "Prepare data for fine-tuning", "Prepare your training datasets for distillation", "Option
          1: Provide your own prompts" and "Requirements for training data sources" (reinforcement fine-tuning)
VAL       the dataset validators in aws-samples/amazon-nova-samples (the one NUG names) and amazon-bedrock-samples
SDK       aws/nova-forge-sdk, dataset checks for the platform Bedrock
"""

from dataclasses import dataclass, replace

from training_data.token_estimate import BYTES_PER_TOKEN, REFUSED_CHARACTERS_PER_TOKEN

IMAGES = ("png", "jpeg", "gif", "webp")  # NUG
VIDEOS = ("mov", "mkv", "mp4", "webm")  # NUG
GIGABYTE = 1 << 30
CONVERSE, PROMPT_COMPLETION, IMAGE_CAPTION = "converse", "prompt-completion", "image-caption"
DISTILLATION_PROMPTS, REINFORCEMENT_PROMPTS = "distillation-prompts", "reinforcement-prompts"


@dataclass(frozen=True)
class DatasetRules:
    """`None` is no limit known. `images` and `videos` are formats taken, `doubtful_media` those that VAL refuses.

    `reserved_words`: "refuse", "warn" or "" where none are known. `validation`: "yes", "doubtful" or "no".
    `usual_min_records` is what VAL and SDK ask for where the guide asks for fewer.
    """

    base_model: str
    record_format: str
    min_records: int
    max_records: int
    reserved_words: str = ""
    max_tokens: int | None = None
    max_bytes: int | None = None
    images: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    doubtful_media: tuple[str, ...] = ()
    validation: str = "yes"
    max_validation_records: int | None = None
    usual_min_records: int = 0
    max_system_blocks: int | None = None
    strict_file_names: bool = False  # NUG: letters, digits, "_", "-", "/" and "." only
    known: bool = True

    @property
    def doubtful_bytes(self) -> int | None:
        """Texts of more UTF-8 bytes than this are likely too long."""
        return self.max_tokens * BYTES_PER_TOKEN if self.max_tokens else None

    @property
    def max_characters(self) -> int | None:
        return self.max_tokens * REFUSED_CHARACTERS_PER_TOKEN if self.max_tokens else None


def fine_tuning_rules(base_model: str, record_format: str, min_records: int, max_records: int) -> DatasetRules:
    """The rules for FINE_TUNING; a base model that is not in the table gets its format's rules only (`known` False)."""
    rules = DatasetRules(base_model, record_format, min_records, max_records)
    if not base_model:  # records on their way to a format: what any base model of it would refuse
        return replace(rules, reserved_words="refuse" if record_format == CONVERSE else "")
    if base_model.startswith("amazon.nova"):
        return _nova(rules)
    if base_model.startswith("meta.llama3"):  # UG: 16,000 tokens, input and output; VAL: 1,000 validation records
        return replace(rules, max_tokens=16_000, max_validation_records=1_000, max_system_blocks=1)
    if base_model.startswith("amazon.titan-embed-image"):  # UG: no validation set
        return replace(rules, validation="no")
    return replace(rules, known=False, reserved_words="warn", images=IMAGES, videos=VIDEOS)


def _nova(rules: DatasetRules) -> DatasetRules:
    rules = replace(rules, reserved_words="refuse", max_tokens=32_000, strict_file_names=True)  # NUG, N2UG
    if "nova-micro" in rules.base_model:  # VAL: text only
        return rules
    rules = replace(rules, images=IMAGES, videos=VIDEOS)
    if "nova-2-" in rules.base_model:  # VAL and SDK: 200 records, fewer formats, no validation set; N2UG says otherwise
        return replace(rules, usual_min_records=200, doubtful_media=("webp", "webm"), validation="doubtful")
    return rules


def distillation_rules(student: str) -> DatasetRules:
    """UG: 100 to 15,000 prompts; VAL: at most 1 GB, one system block. VAL's page says that some words are invalid."""
    return DatasetRules(
        student,
        DISTILLATION_PROMPTS,
        100,
        15_000,
        reserved_words="warn" if student.startswith("amazon.nova") else "",
        max_bytes=GIGABYTE,
        max_system_blocks=1,
    )


def reinforcement_rules(base_model: str) -> DatasetRules:
    """UG: 100 to 20,000 prompts. VAL refuses reserved words here, SDK does not."""
    return DatasetRules(base_model, REINFORCEMENT_PROMPTS, 100, 20_000, reserved_words="warn", strict_file_names=True)


def dataset_rules(
    base_model: str, method: str, *, record_format: str, min_records: int, max_records: int
) -> DatasetRules:
    """`record_format` and the counts are the catalog's, for fine-tuning; the other methods bring their own."""
    if method in METHOD_RULES:
        return METHOD_RULES[method](base_model)
    return fine_tuning_rules(base_model, record_format, min_records, max_records)


METHOD_RULES = {"DISTILLATION": distillation_rules, "REINFORCEMENT_FINE_TUNING": reinforcement_rules}
