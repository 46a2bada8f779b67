"""What an import job refuses: files, architecture, precision, context and tokenizer."""

import json
import re

import pytest

from local_aws.extension.bedrock.model_import.architectures import ARCHITECTURES, GB, Architecture
from local_aws.extension.bedrock.model_import.model_files import ModelFilesError, ReadModel, read_model
from tests.local_aws.model_folder import model_files, safetensors


def test_a_model_is_read() -> None:
    assert read_model(model_files()) == ReadModel("llama", answers_converse=True, units=1)


def test_converse_needs_a_chat_template_and_an_architecture_that_has_it() -> None:
    plain = json.dumps({"tokenizer_class": "LlamaTokenizer"}).encode()

    assert not read_model(model_files(tokenizer_config=plain)).answers_converse
    assert not read_model(model_files("Qwen3ForCausalLM")).answers_converse
    assert not read_model(model_files("GptOssForCausalLM")).answers_converse


def config(**values: object) -> bytes:
    return json.dumps({"architectures": ["LlamaForCausalLM"], **values}).encode()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (model_files(config=None), "no config.json"),
        (model_files(tokenizer_config=None), "no tokenizer_config.json"),
        (model_files(tokenizer=None), "no tokenizer.json or tokenizer.model"),
        (model_files(weights=None), "no *.safetensors"),
        (model_files(config=b"[]"), "config.json is not a JSON object"),
        (model_files("BertModel"), "architecture BertModel is not supported"),
        (model_files("Qwen3NextForCausalLM"), "architecture Qwen3NextForCausalLM is not supported"),
        (model_files(config=config(quantization_config={"bits": 4})), "Quantized"),
        (model_files(config=config(max_position_embeddings=262_144)), "max_position_embeddings"),
        (model_files(tokenizer_config=b'{"tokenizer_class": "BertTokenizer"}'), "tokenizer BertTokenizer"),
        (model_files(weights=safetensors("I8", bytes_each=1)), "tensors of I8"),
        (model_files(weights=safetensors("F8_E4M3", bytes_each=1)), "tensors of F8_E4M3"),
        (model_files(weights=safetensors()[:-1]), "cut off"),
        (model_files(weights=b"version https://git-lfs.github.com/spec/v1"), "not a JSON object"),
    ],
)
def test_files_that_are_refused(files: dict[str, bytes], message: str) -> None:
    with pytest.raises(ModelFilesError, match=re.escape(message)):
        read_model(files)


def test_the_weights_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ARCHITECTURES["LlamaForCausalLM"].most_bytes == 200 * GB
    assert ARCHITECTURES["MllamaForConditionalGeneration"].most_bytes == 100 * GB
    monkeypatch.setattr(Architecture, "most_bytes", 16)

    with pytest.raises(ModelFilesError, match="must be smaller than 16 bytes"):
        read_model(model_files())
