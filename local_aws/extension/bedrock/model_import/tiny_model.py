"""A tiny model in S3, where deployment.toml names one to import and nothing lies: on AWS it has to be uploaded."""

import json
import struct

from ministack.services import s3

from local_aws.extension.bedrock.service_roles import bucket_and_key

CONFIG = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "max_position_embeddings": 8192}
TOKENIZER = {"tokenizer_class": "PreTrainedTokenizerFast", "chat_template": "{{ messages }}"}
TENSOR = {"model.norm.weight": {"dtype": "BF16", "shape": [4], "data_offsets": [0, 8]}}


def put_if_absent(uri: str) -> None:
    bucket, prefix = bucket_and_key(uri)
    if bucket not in s3._buckets:
        s3._create_bucket(bucket, b"")
    folder = f"{prefix.rstrip('/')}/" if prefix else ""
    if any(key.startswith(folder) for key in s3._buckets[bucket]["objects"]):
        return
    header = json.dumps(TENSOR).encode()
    files = {
        "config.json": json.dumps(CONFIG).encode(),
        "tokenizer_config.json": json.dumps(TOKENIZER).encode(),
        "tokenizer.json": b"{}",
        "model.safetensors": struct.pack("<Q", len(header)) + header + bytes(8),
    }
    for name, content in files.items():
        s3._put_object(bucket, folder + name, content, {})
