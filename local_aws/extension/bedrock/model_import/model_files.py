"""Reads a model's files as an import job does: which there are, the architecture, precision and size of the weights.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-import-model.html. Bedrock documents the rules
but not its messages: these are the emulator's words.
"""

import json
import struct
from collections.abc import Mapping
from typing import Any, NamedTuple

from local_aws.extension.bedrock.model_import.architectures import ARCHITECTURES, Architecture

CONFIG, TOKENIZER_CONFIG = "config.json", "tokenizer_config.json"
TOKENIZERS = ("tokenizer.json", "tokenizer.model")
WEIGHTS = ".safetensors"
PRECISIONS = ("F32", "F16", "BF16")
MAX_CONTEXT = 128 * 1024
TOKENIZER_CLASSES = {
    *("T5Tokenizer", "LlamaTokenizer", "CodeLlamaTokenizer", "GPT2Tokenizer", "GPTNeoXTokenizer"),
    *("PreTrainedTokenizer", "Qwen2Tokenizer"),
}
LENGTH = struct.Struct("<Q")
# A model copy takes at least one unit. A Llama of 8 billion parameters (16 GB) was given two.
BYTES_PER_UNIT = 8_000_000_000


class ModelFilesError(Exception):
    """When the files fail the import job."""


class ReadModel(NamedTuple):
    """`answers_converse`: Bedrock's instructSupported, here of Flan and of models with a chat template. `units`: custom
    model units of a copy.
    """

    architecture: str
    answers_converse: bool
    units: int


def read_model(files: Mapping[str, bytes]) -> ReadModel:
    """What the import makes of `files`, by their names below the prefix. Raises ModelFilesError."""
    weights = {name: content for name, content in files.items() if name.endswith(WEIGHTS)}
    _check_names(files, weights)
    config = _read_json(CONFIG, files[CONFIG])
    architecture = _architecture(config)
    if "quantization_config" in config:
        raise ModelFilesError("Quantized models are not supported")
    if int(config.get("max_position_embeddings") or 0) > MAX_CONTEXT:
        raise ModelFilesError(f"max_position_embeddings must be at most {MAX_CONTEXT} in {CONFIG}")
    tokenizer = _read_json(TOKENIZER_CONFIG, files[TOKENIZER_CONFIG])
    if (name := str(tokenizer.get("tokenizer_class", "")).removesuffix("Fast")) not in TOKENIZER_CLASSES:
        raise ModelFilesError(f"The tokenizer {name or 'without a tokenizer_class'} is not supported")
    for file, content in weights.items():
        _check_weights(file, content)
    size = sum(map(len, weights.values()))
    if size >= architecture.most_bytes:
        raise ModelFilesError(f"The weights must be smaller than {architecture.most_bytes} bytes, got {size}")
    converses = architecture.converse and bool(tokenizer.get("chat_template") or architecture.name == "t5")
    return ReadModel(architecture.name, converses, 1 + size // BYTES_PER_UNIT)


def _check_names(files: Mapping[str, bytes], weights: Mapping[str, bytes]) -> None:
    missing = [name for name in (CONFIG, TOKENIZER_CONFIG) if name not in files]
    missing += [] if weights else [f"*{WEIGHTS}"]
    missing += [] if any(name in files for name in TOKENIZERS) else [" or ".join(TOKENIZERS)]
    if missing:
        raise ModelFilesError(f"The model source has no {', '.join(missing)}")


def _architecture(config: Mapping[str, Any]) -> Architecture:
    named = config.get("architectures") or []
    found = next((ARCHITECTURES[name] for name in named if name in ARCHITECTURES), None)
    if found is None:
        raise ModelFilesError(f"The model architecture {', '.join(named) or 'unknown'} is not supported")
    return found


def _read_json(name: str, content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ModelFilesError(f"{name} is not a JSON object")
    return value


def _check_weights(name: str, content: bytes) -> None:
    """The header of https://huggingface.co/docs/safetensors: eight bytes of its length, JSON, then the tensors."""
    length = LENGTH.unpack(content[: LENGTH.size])[0] if len(content) > LENGTH.size else 0
    header = _read_json(f"the header of {name}", content[LENGTH.size : LENGTH.size + length])
    tensors = {tensor: item for tensor, item in header.items() if tensor != "__metadata__"}
    if bad := sorted({str(item["dtype"]) for item in tensors.values()} - set(PRECISIONS)):
        raise ModelFilesError(f"{name} has tensors of {', '.join(bad)}; supported are FP32, FP16 and BF16")
    end = max((item["data_offsets"][1] for item in tensors.values()), default=0)
    if LENGTH.size + length + end != len(content):
        raise ModelFilesError(f"{name} is cut off, or longer than its header says")
