"""What Custom Model Import takes: architectures, by the class that a model's config.json names, and Regions.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-import-model.html and invoke-imported-model, as
of October 2026. AWS names families, and classes for Qwen3 only: the others are those of Hugging Face's transformers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

IMPORT_REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-central-1")
GIGABYTE = 1_000_000_000


@dataclass(frozen=True)
class Architecture:
    """`converse`: whether Converse takes such models; None where AWS's pages don't decide, and Bedrock tells after the
    import (instructSupported).
    """

    family: str
    converse: bool | None = True
    multimodal: bool = False

    @property
    def most_bytes(self) -> int:
        """The weights must be smaller."""
        return (100 if self.multimodal else 200) * GIGABYTE


ARCHITECTURES: Mapping[str, Architecture] = {
    "MistralForCausalLM": Architecture("Mistral"),
    "MixtralForCausalLM": Architecture("Mixtral"),
    "T5ForConditionalGeneration": Architecture("Flan"),
    "LlamaForCausalLM": Architecture("Llama 2, 3, 3.1, 3.2, 3.3"),
    "MllamaForConditionalGeneration": Architecture("Mllama", multimodal=True),
    "GPTBigCodeForCausalLM": Architecture("GPTBigCode"),
    "Qwen2ForCausalLM": Architecture("Qwen2, which has Converse, or Qwen2.5, which has none", converse=None),
    "Qwen2VLForConditionalGeneration": Architecture("Qwen2-VL", converse=False, multimodal=True),
    "Qwen2_5_VLForConditionalGeneration": Architecture("Qwen2.5-VL", converse=False, multimodal=True),
    "Qwen3ForCausalLM": Architecture("Qwen3", converse=False),
    "Qwen3MoeForCausalLM": Architecture("Qwen3", converse=False),
    "GptOssForCausalLM": Architecture("GPT-OSS", converse=False),
}


def servable() -> dict[str, int]:
    """Class -> the weights' limit in bytes, of the architectures that Converse may take."""
    return {name: item.most_bytes for name, item in ARCHITECTURES.items() if item.converse is not False}


def without_converse() -> list[str]:
    return sorted(name for name, item in ARCHITECTURES.items() if item.converse is False)
