"""InvokeModel of embedding models: refuses the bodies that Bedrock refuses, and makes vectors. Pure.

A vector is equal for equal text and model, and near for texts of one meaning (static_embeddings.py). The vectors of two
models do not compare. The pages of the bodies are in kit_contract/embedding_models.py.
Users reported the messages:
- https://github.com/promptfoo/promptfoo/issues/921 (keys), https://github.com/ScrapeGraphAI/Scrapegraph-ai/issues/400
- https://github.com/aws-samples/amazon-bedrock-workshop/issues/136 (tokens)
"""

import json
import zlib
from collections.abc import Sequence
from typing import Any

import numpy
from jsonschema import Draft202012Validator, ValidationError

from kit_contract.embedding_models import EMBEDDING_MODELS
from local_aws.extension.bedrock import static_embeddings
from local_aws.extension.bedrock.responses import BedrockError, Response

COHERE = "cohere."
NOVA = "amazon.nova"
TITAN_TOKENS = 8192
COHERE_TYPES = ["search_document", "search_query", "classification", "clustering"]
PURPOSES = ["GENERIC_INDEX", "GENERIC_RETRIEVAL", "TEXT_RETRIEVAL", "IMAGE_RETRIEVAL", "VIDEO_RETRIEVAL"]
PURPOSES += ["DOCUMENT_RETRIEVAL", "AUDIO_RETRIEVAL", "CLASSIFICATION", "CLUSTERING"]
JSON_NAMES = {"str": "String", "list": "JSONArray", "dict": "JSONObject", "bool": "Boolean", "NoneType": "Null"}
Schema = dict[str, Any]


def embeds(model: str) -> bool:
    return model in EMBEDDING_MODELS


def refuse_other_operations(operation: str) -> None:
    """Raise BedrockError for any operation but InvokeModel."""
    if operation == "invoke-with-response-stream":
        raise BedrockError("ValidationException", "The model is unsupported for streaming.")
    if operation != "invoke":
        raise BedrockError(
            "ValidationException",
            "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
        )


def invoke(model: str, body: bytes) -> Response:
    """Raises BedrockError."""
    try:
        request = json.loads(body)
    except ValueError:
        raise _malformed("") from None
    _check(_schema(model), request)
    texts, size = _asked(model, request)
    tokens = sum(map(_tokens, texts))
    if model.startswith("amazon.titan"):
        check_tokens(texts[0])
    vectors = _vectors(model, texts, size, normalize=request.get("normalize", True))
    headers = {"Content-Type": "application/json", "x-amzn-bedrock-input-token-count": str(tokens)}
    return 200, headers, json.dumps(_answer(model, request, vectors, tokens)).encode()


def check_tokens(text: str) -> None:
    """Raise BedrockError for a text that Titan does not embed. Cohere and Nova cut it off."""
    if (tokens := _tokens(text)) > TITAN_TOKENS:
        counts = f"Max input tokens: {TITAN_TOKENS}, request input token count: {tokens} "
        raise BedrockError("ValidationException", f"400 Bad Request: Too many input tokens. {counts}")


def _tokens(text: str) -> int:
    return max(1, len(text) // 4)


def _vectors(model: str, texts: Sequence[str], size: int, *, normalize: bool) -> list[list[float]]:
    """Of length 1, unless Titan Text Embeddings v2 is asked not to normalize them."""
    turned = numpy.roll(static_embeddings.means(texts), zlib.crc32(model.encode()) % static_embeddings.BASE, axis=1)
    found = static_embeddings.with_dimensions(turned, size)
    if normalize:
        found = static_embeddings.normalized(found)
    rounded: list[list[float]] = found.astype(float).round(8).tolist()
    return rounded


def _asked(model: str, request: Schema) -> tuple[list[str], int]:
    """Texts and the length of the vectors."""
    longest = EMBEDDING_MODELS[model][-1]
    if model.startswith(COHERE):
        return request["texts"], request.get("output_dimension", longest)
    if model.startswith(NOVA):
        given = request["singleEmbeddingParams"]
        return [given["text"]["value"]], given.get("embeddingDimension", longest)
    size = request.get("embeddingConfig", {}).get("outputEmbeddingLength") or request.get("dimensions", longest)
    return [request["inputText"]], size


def _answer(model: str, request: Schema, vectors: list[list[float]], tokens: int) -> Schema:
    if model.startswith(NOVA):
        return {"embeddings": [{"embeddingType": "TEXT", "embedding": vectors[0]}]}
    if not model.startswith(COHERE):
        by_type = {"embeddingsByType": {"float": vectors[0]}} if "v2" in model else {}
        return {"embedding": vectors[0], **by_type, "inputTextTokenCount": tokens}
    typed = bool(request.get("embedding_types"))
    return {
        "id": "mock",
        "texts": request["texts"],
        "response_type": "embeddings_by_type" if typed else "embeddings_floats",
        "embeddings": {"float": vectors} if typed else vectors,
    }


def _schema(model: str) -> Schema:
    """Of requests with text. Media are not embedded here."""
    sizes = {"enum": list(EMBEDDING_MODELS[model])}
    if model.startswith(NOVA):
        text = {
            "truncationMode": {"enum": ["START", "END", "NONE"]},
            "value": {"type": "string", "minLength": 1, "maxLength": 8192},
        }
        given = _object(
            {"embeddingPurpose": {"enum": PURPOSES}, "embeddingDimension": sizes, "text": _object(text, *text)},
            *("embeddingPurpose", "text"),
        )
        names = {"taskType": {"enum": ["SINGLE_EMBEDDING"]}, "singleEmbeddingParams": given}
        return _object({"schemaVersion": {"enum": ["nova-multimodal-embed-v1"]}, **names}, *names)
    if model.startswith(COHERE):
        fourth = "v4" in model
        text = {"type": "string"} if fourth else {"type": "string", "maxLength": 2048}
        ends = ["NONE", "LEFT", "RIGHT"] if fourth else ["NONE", "START", "END"]
        more = {"output_dimension": sizes, "max_tokens": {"type": "integer"}} if fourth else {}
        return _object(
            {
                "texts": {"type": "array", "maxItems": 96, "items": text},
                "input_type": {"enum": COHERE_TYPES},
                "truncate": {"enum": ends},
                "embedding_types": {"type": "array", "items": {"enum": ["float"]}},
                **more,
            },
            *("texts", "input_type"),
        )
    more = {"dimensions": sizes, "normalize": {"type": "boolean"}, "embeddingTypes": {"type": "array"}}
    if "v2" not in model:
        more = {"embeddingConfig": _object({"outputEmbeddingLength": sizes})} if "image" in model else {}
    return _object({"inputText": {"type": "string", "minLength": 1, "maxLength": 50_000}, **more}, "inputText")


def _object(properties: Schema, *required: str) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _check(schema: Schema, request: Any) -> None:
    faults = [fault for error in Draft202012Validator(schema).iter_errors(request) for fault in _faults(error)]
    if faults:
        raise _malformed(": " + "".join(faults))


def _faults(error: ValidationError) -> list[str]:
    """What Bedrock says of it, in the words of its validator (org.everit.json.schema)."""
    where = "/".join(["#", *map(str, error.absolute_path)])
    found: Any = error.instance
    wanted: Any = error.validator_value
    schema: Any = error.schema
    if error.validator == "required":
        return [f"{where}: required key [{name}] not found" for name in wanted if f"'{name}'" in error.message]
    if error.validator == "additionalProperties":
        known = schema["properties"]
        return [f"{where}: extraneous key [{name}] is not permitted" for name in found if name not in known]
    if error.validator in ("minLength", "maxLength"):
        return [f"{where}: expected {error.validator}: {wanted}, actual: {len(found)}"]
    if error.validator == "maxItems":
        return [f"{where}: expected maximum item count: {wanted}, found: {len(found)}"]
    if error.validator == "enum":
        return [f"{where}: {found} is not a valid enum value"]
    kind = {"string": "String", "array": "JSONArray", "object": "JSONObject"}.get(str(wanted), str(wanted).title())
    return [
        f"{where}: expected type: {kind}, found: {JSON_NAMES.get(type(found).__name__, type(found).__name__.title())}"
    ]


def _malformed(what: str) -> BedrockError:
    message = f"Malformed input request{what}, please reformat your input and try again."
    return BedrockError("ValidationException", message)
