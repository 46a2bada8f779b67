"""A tiny model in Hugging Face's format, for import jobs: of a few hundred bytes."""

import json
import struct
from typing import Any

TEMPLATE = "{% for message in messages %}{{ message.content }}{% endfor %}"


def safetensors(dtype: str = "BF16", *, size: int = 4, bytes_each: int = 2) -> bytes:
    """One vector of `size` zeros. https://huggingface.co/docs/safetensors"""
    tensor = {"dtype": dtype, "shape": [size], "data_offsets": [0, size * bytes_each]}
    header = json.dumps({"__metadata__": {"format": "pt"}, "model.norm.weight": tensor}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(size * bytes_each)


def model_files(architecture: str = "LlamaForCausalLM", **changes: bytes | None) -> dict[str, bytes]:
    """Name -> content. `changes`: of `config`, `tokenizer_config`, `tokenizer` and `weights`; None leaves one out."""
    config = {"architectures": [architecture], "max_position_embeddings": 8192, "torch_dtype": "bfloat16"}
    tokenizer = {"tokenizer_class": "PreTrainedTokenizerFast", "chat_template": TEMPLATE}
    found: dict[str, bytes | None] = {
        "config.json": changes.get("config", json.dumps(config).encode()),
        "tokenizer_config.json": changes.get("tokenizer_config", json.dumps(tokenizer).encode()),
        "tokenizer.json": changes.get("tokenizer", b'{"version": "1.0"}'),
        "model.safetensors": changes.get("weights", safetensors()),
    }
    return {name: content for name, content in found.items() if content is not None}


def put_model(s3: Any, bucket: str, prefix: str, files: dict[str, bytes] | None = None) -> str:
    """Uploads the model. Returns its URI."""
    for name, content in (model_files() if files is None else files).items():
        s3.put_object(Bucket=bucket, Key=f"{prefix}/{name}", Body=content)
    return f"s3://{bucket}/{prefix}/"
