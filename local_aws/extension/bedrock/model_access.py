"""Model access: which foundation models the account may use, their agreements, and the use-case form.

An agreement is PENDING until AWS Marketplace has decided: AVAILABLE, or NOT_AVAILABLE again where it refuses.
"""

import base64
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_region
from ministack.services import bedrock

from local_aws.extension.bedrock import faults
from local_aws.extension.bedrock.clock import elapsed
from local_aws.extension.bedrock.customization.base_models import BASES, LEGACY, NOT_PROVISIONED
from local_aws.extension.bedrock.responses import BedrockError, Response, answer, foundation_model_arn

NEEDS_AGREEMENT = ("anthropic.", "cohere.", "ai21.")
PROFILE_ONLY = ("amazon.nova-2-lite-v1:0", "anthropic.claude-haiku-4-5", "anthropic.claude-sonnet-4-5")
TEXT, EMBEDDING = ["TEXT"], ["EMBEDDING"]
# Models of the kit's catalog that ministack's lacks.
ADDED = (
    ("amazon.nova-2-lite-v1:0", "Nova 2 Lite", "Amazon", ["TEXT", "IMAGE", "VIDEO"], TEXT, True),
    ("meta.llama3-3-70b-instruct-v1:0", "Llama 3.3 70B Instruct", "Meta", TEXT, TEXT, True),
    ("anthropic.claude-haiku-4-5-20251001-v1:0", "Claude Haiku 4.5", "Anthropic", ["TEXT", "IMAGE"], TEXT, True),
    ("anthropic.claude-sonnet-4-5-20250929-v1:0", "Claude Sonnet 4.5", "Anthropic", ["TEXT", "IMAGE"], TEXT, True),
    ("amazon.nova-2-multimodal-embeddings-v1:0", "Nova Embeddings", "Amazon", ["TEXT", "IMAGE"], EMBEDDING, False),
    ("amazon.rerank-v1:0", "Rerank 1.0", "Amazon", TEXT, TEXT, False),
    ("cohere.rerank-v3-5:0", "Rerank 3.5", "Cohere", TEXT, TEXT, False),
    ("amazon.titan-embed-image-v1", "Titan Multimodal Embeddings", "Amazon", ["TEXT", "IMAGE"], EMBEDDING, False),
    ("amazon.titan-embed-text-v1", "Titan Embeddings G1 - Text", "Amazon", TEXT, EMBEDDING, False),
    ("cohere.embed-english-v3", "Embed English v3", "Cohere", TEXT, EMBEDDING, False),
    ("cohere.embed-multilingual-v3", "Embed Multilingual v3", "Cohere", TEXT, EMBEDDING, False),
    ("cohere.embed-v4:0", "Embed v4", "Cohere", ["TEXT", "IMAGE"], EMBEDDING, False),
)
FORM_BYTES = (10, 16_384)
DECIDING_SECONDS = 0.5

_agreements = AccountRegionScopedDict()


def add_models() -> None:
    """Add the models of the kit's catalog to ministack's."""
    present = {entry[0] for entry in bedrock._CATALOG}
    bedrock._CATALOG.extend(entry for entry in ADDED if entry[0] not in present)


def list_models(query: dict[str, str]) -> Response:
    """ListFoundationModels, with the customization ids of this region."""
    filters = {
        "byProvider": "providerName",
        "byCustomizationType": "customizationsSupported",
        "byOutputModality": "outputModalities",
        "byInferenceType": "inferenceTypesSupported",
    }
    wanted = [(member, query[name]) for name, member in filters.items() if query.get(name)]
    models = [
        model
        for model in _models()
        if all(value in model[member] or value.lower() == str(model[member]).lower() for member, value in wanted)
    ]
    return answer({"modelSummaries": models})


def get_model(_: dict[str, Any], model_id: str) -> Response:
    """GetFoundationModel by id or ARN. Raises BedrockError."""
    for model in _models():
        if model_id in (model["modelId"], model["modelArn"]):
            return answer({"modelDetails": model})
    raise BedrockError("ResourceNotFoundException", f"Could not find model {model_id}")


def _models() -> list[dict[str, Any]]:
    plain = {entry[0]: entry for entry in bedrock._CATALOG}
    models = [_summary(entry, entry[0]) for entry in plain.values()]
    local = [base for base in BASES if BASES[base][0] == get_region()]
    return models + [_summary(plain[base.rsplit(":", 1)[0]], base) for base in local]


def _summary(entry: tuple[Any, ...], model_id: str) -> dict[str, Any]:
    _, name, provider, inputs, outputs, streaming = entry
    customizable = model_id in BASES
    types = ["INFERENCE_PROFILE" if model_id.startswith(PROFILE_ONLY) else "ON_DEMAND"]
    if customizable:
        types = [] if model_id.startswith(NOT_PROVISIONED) else ["PROVISIONED"]
    return {
        "modelArn": foundation_model_arn(model_id),
        "modelId": model_id,
        "modelName": name,
        "providerName": provider,
        "inputModalities": inputs,
        "outputModalities": outputs,
        "responseStreamingSupported": streaming,
        "customizationsSupported": ["FINE_TUNING"] if customizable else [],
        "inferenceTypesSupported": types,
        "modelLifecycle": {"status": "LEGACY" if model_id.startswith(LEGACY) else "ACTIVE"},
    }


def availability(_: dict[str, Any], model: str) -> Response:
    """GetFoundationModelAvailability: a model that needs an agreement is not available before it is made."""
    _check_known(model)
    agreement = _agreement(model)
    unverified = faults.is_on(faults.UNVERIFIED_ACCOUNT)
    return answer(
        {
            "modelId": model,
            "agreementAvailability": {"status": agreement},
            "authorizationStatus": "NOT_AUTHORIZED" if unverified else "AUTHORIZED",
            "entitlementAvailability": "AVAILABLE" if agreement == "AVAILABLE" else "NOT_AVAILABLE",
            "regionAvailability": "AVAILABLE" if _is_here(model) else "NOT_AVAILABLE",
        }
    )


def list_offers(_: dict[str, Any], model: str) -> Response:
    _check_known(model)
    if not model.startswith(NEEDS_AGREEMENT):
        raise BedrockError("ValidationException", f"{model} has no agreement offers")
    terms = {
        "usageBasedPricingTerm": {"rateCard": []},
        "legalTerm": {"url": "https://aws.amazon.com/legal/bedrock/third-party-models/"},
        "supportTerm": {"refundPolicyDescription": ""},
    }
    offer = {"offerId": f"offer-{model}", "offerToken": f"token-{model}", "termDetails": terms}
    return answer({"modelId": model, "offers": [offer]})


def create_agreement(body: dict[str, Any]) -> Response:
    model = body["modelId"]
    _check_known(model)
    if body.get("offerToken") != f"token-{model}":
        raise BedrockError("ValidationException", "The offer token is not valid for this model")
    if _agreement(model) != "NOT_AVAILABLE":
        raise BedrockError("ConflictException", f"An agreement for {model} already exists")
    _agreements[model] = {"made": time.time(), "refused": faults.is_on(faults.PAYMENT_REFUSED)}
    return answer({"modelId": model}, 202)


def _agreement(model: str) -> str:
    """The status of the agreement; models that need none are available."""
    if not model.startswith(NEEDS_AGREEMENT):
        return "AVAILABLE"
    made = _agreements.get(model)
    if made is None:
        return "NOT_AVAILABLE"
    if elapsed(made["made"]) <= DECIDING_SECONDS:
        return "PENDING"
    return "NOT_AVAILABLE" if made["refused"] else "AVAILABLE"


def delete_agreement(body: dict[str, Any]) -> Response:
    if _agreements.pop(body["modelId"], None) is None:
        raise BedrockError("ResourceNotFoundException", f"No agreement exists for {body['modelId']}")
    return answer({}, 202)


def get_use_case(_: dict[str, str]) -> Response:
    form = bedrock._USE_CASE.get("usecase")
    if form is None:
        raise BedrockError("ResourceNotFoundException", "No use case was submitted for this account")
    return answer({"formData": form["FormData"]})


def put_use_case(body: dict[str, Any]) -> Response:
    form = str(body.get("formData") or "")
    low, high = FORM_BYTES
    try:
        size = len(base64.b64decode(form, validate=True))
    except ValueError:
        size = 0
    if not low <= size <= high:
        raise BedrockError("ValidationException", f"formData must have {low} to {high} bytes, got {size}")
    bedrock._USE_CASE["usecase"] = {"FormData": form}
    return answer({}, 201)


def _check_known(model: str) -> None:
    if model not in BASES and model not in {entry[0] for entry in bedrock._CATALOG}:
        raise BedrockError("ResourceNotFoundException", f"Could not find model {model}")


def _is_here(model: str) -> bool:
    return model not in BASES or BASES[model][0] == get_region()
