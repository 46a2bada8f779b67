"""The architectures that Custom Model Import takes, by the class that config.json names.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-import-model.html names families, and classes
for Qwen3 only; the other classes are those of Hugging Face's transformers for these families. Converse:
https://docs.aws.amazon.com/bedrock/latest/userguide/invoke-imported-model.html. The class Qwen2ForCausalLM is that of
Qwen2, which has Converse, and of Qwen2.5, which has none: the emulated one has.
"""

from typing import NamedTuple

GB = 1_000_000_000


class Architecture(NamedTuple):
    """`name`: GetImportedModel's modelArchitecture, `llama` for Llama; those of the others are config.json's types."""

    name: str
    converse: bool = True
    multimodal: bool = False

    @property
    def most_bytes(self) -> int:
        return 100 * GB if self.multimodal else 200 * GB


ARCHITECTURES = {
    "MistralForCausalLM": Architecture("mistral"),
    "MixtralForCausalLM": Architecture("mixtral"),
    "T5ForConditionalGeneration": Architecture("t5"),
    "LlamaForCausalLM": Architecture("llama"),
    "MllamaForConditionalGeneration": Architecture("mllama", multimodal=True),
    "GPTBigCodeForCausalLM": Architecture("gpt_bigcode"),
    "Qwen2ForCausalLM": Architecture("qwen2"),
    "Qwen2VLForConditionalGeneration": Architecture("qwen2_vl", converse=False, multimodal=True),
    "Qwen2_5_VLForConditionalGeneration": Architecture("qwen2_5_vl", converse=False, multimodal=True),
    "Qwen3ForCausalLM": Architecture("qwen3", converse=False),
    "Qwen3MoeForCausalLM": Architecture("qwen3_moe", converse=False),
    "GptOssForCausalLM": Architecture("gpt_oss", converse=False),
}
