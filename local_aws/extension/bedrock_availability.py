"""Model access: which models are available, and agreements for those that the Marketplace sells."""

from typing import Any
from urllib.parse import unquote

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import bedrock

from local_aws.extension.bedrock_answers import BedrockError, Response, answer
from local_aws.extension.bedrock_runtime_models import EXTRA_MODELS
from local_aws.extension.bedrock_training import BASES

SOLD = ("anthropic.", "cohere.", "ai21.")

_agreements = AccountRegionScopedDict()


def availability(model_id: str) -> Response:
    """GetFoundationModelAvailability: everything is available but the agreements that nobody made yet."""
    model = unquote(model_id)
    _check_known(model)
    agreed = not model.startswith(SOLD) or model in _agreements
    return answer(
        {
            "modelId": model,
            "agreementAvailability": {"status": "AVAILABLE" if agreed else "NOT_AVAILABLE"},
            "authorizationStatus": "AUTHORIZED",
            "entitlementAvailability": "AVAILABLE" if agreed else "NOT_AVAILABLE",
            "regionAvailability": "AVAILABLE",
        }
    )


def offers(model_id: str) -> Response:
    model = unquote(model_id)
    _check_known(model)
    if not model.startswith(SOLD):
        raise BedrockError("ValidationException", f"{model} has no agreement offers")
    terms = {
        "usageBasedPricingTerm": {"rateCard": []},
        "legalTerm": {"url": "https://aws.amazon.com/legal/bedrock/third-party-models/"},
        "supportTerm": {"refundPolicyDescription": ""},
    }
    offer = {"offerId": f"offer-{model}", "offerToken": f"token-{model}", "termDetails": terms}
    return answer({"modelId": model, "offers": [offer]})


def agree(body: dict[str, Any]) -> Response:
    model = body["modelId"]
    _check_known(model)
    if body.get("offerToken") != f"token-{model}":
        raise BedrockError("ValidationException", "The offer token is not valid for this model")
    _agreements[model] = True
    return answer({"modelId": model}, 202)


def disagree(body: dict[str, Any]) -> Response:
    if _agreements.pop(body["modelId"], None) is None:
        raise BedrockError("ResourceNotFoundException", f"No agreement exists for {body['modelId']}")
    return answer({}, 202)


def _check_known(model: str) -> None:
    if model not in {entry[0] for entry in bedrock._CATALOG} | EXTRA_MODELS and model not in BASES:
        raise BedrockError("ValidationException", f"The provided model identifier {model} is invalid")
