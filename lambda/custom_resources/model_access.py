"""Custom::BedrockModelAccess: this account may invoke these foundation models, in this region.

  Create, Update  with Anthropic models: the account's use-case form is kept if equal, and put if absent
                  for every model: GetFoundationModelAvailability
                    region NOT_AVAILABLE, authorization NOT_AUTHORIZED -> FAILED, all models in one message
                    agreement AVAILABLE -> nothing to do
                    agreement NOT_AVAILABLE: no offers -> nothing to agree to (Amazon, Meta, Mistral ...)
                                             offers -> CreateFoundationModelAgreement -> PENDING -> AVAILABLE
                    PENDING, then NOT_AVAILABLE again: AWS Marketplace refused it -> FAILED
  Delete          nothing; with RevokeOnDelete the agreements of the models that have offers are deleted, no matter who
                  made them (agreements have no tags). The API cannot delete the use-case form.

Models that leave the list keep their agreement: other users of the account may need it. The physical id is fixed.
API: https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html
"""

import base64
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from custom_resources.framework.errors import error_code
from custom_resources.framework.properties import Properties
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot
from kit_contract.errors import ResourceFailedError

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import GetFoundationModelAvailabilityResponseTypeDef as Availability

# The geography at the front of an inference profile's id.
PROFILE_PREFIX = re.compile(r"^(us-gov|us|eu|apac|ap|jp|au|ca|sa|me|af|global)\.(?=[a-z0-9-]+\.)")
VARIANT_SUFFIX = re.compile(r"^(.+:\d+):[a-z0-9]+$")  # :128k, :mm: variants for customization or provisioned throughput
AGREEMENT_PHASES = {
    "AVAILABLE": Phase.READY,
    "PENDING": Phase.IN_PROGRESS,
    "NOT_AVAILABLE": Phase.IN_PROGRESS,
    "ERROR": None,
}
PAYMENT = "check the account's payment method (AWS Marketplace needs a card or an account that is invoiced)"
# https://github.com/kirodotdev/Kiro/issues/11191: calls then end with "Operation not allowed", whatever the role allows
UNVERIFIED = "AWS has not verified the account yet, which no setting can change: open a case with AWS Support"
NOTHING_TO_AGREE = ("ValidationException", "ResourceNotFoundException")


class ModelAccessResource:
    name_property = ""

    def __init__(self, bedrock: "BedrockClient", region: str) -> None:
        self._bedrock = bedrock
        self._region = region
        self._pending: set[str] = set()  # models whose agreement this request has seen PENDING

    def physical_id(self, request: Request) -> str:
        return f"{request.logical_id}-model-access"

    def create(self, request: Request) -> Mapping[str, str]:
        properties = Properties(request.properties)
        models = _models(properties)
        form = properties.text_map("UseCaseForm")
        self._pending.clear()
        # The form comes first: without it, the account is not authorized for the models that need it.
        if any(model.startswith("anthropic.") for model in models):
            self._ensure_use_case(form)
        found = {model: self._availability(model) for model in models}
        faults = [fault for model in models for fault in self._faults(model, found[model])]
        if faults:
            raise ResourceFailedError("; ".join(faults))
        for model, availability in found.items():
            if availability is not None and _agreement(availability) in ("NOT_AVAILABLE", "ERROR"):
                self._agree(model)
        return {}

    def update(self, request: Request) -> Mapping[str, str]:
        return self.create(request)

    def delete(self, request: Request) -> None:
        properties = Properties(request.properties)
        if not properties.boolean("RevokeOnDelete"):
            return
        for model in _models(properties):
            if self._offer_token(model) is not None:
                self._revoke(model)

    def describe(self, request: Request) -> Snapshot:
        if request.is_delete:
            return Snapshot(Phase.GONE)
        models = _models(Properties(request.properties))
        pending = [model for model in models if not self._accessible(model)]
        if pending:
            return Snapshot(Phase.IN_PROGRESS, waiting_for=f"the agreements for {', '.join(pending)}; {PAYMENT}")
        return Snapshot(Phase.READY, {"ModelCount": str(len(models))})

    def _accessible(self, model: str) -> bool:
        found = self._availability(model)
        if found is None:
            return True
        status = _agreement(found)
        if status not in AGREEMENT_PHASES:
            raise ResourceFailedError(f"the agreement for {model} has the unknown status {status}; update the kit")
        if AGREEMENT_PHASES[status] is None:
            message = found["agreementAvailability"].get("errorMessage", "no reason given")
            raise ResourceFailedError(f"the agreement for {model} failed: {message}")
        if status == "PENDING":
            self._pending.add(model)
        if status == "NOT_AVAILABLE":
            if model in self._pending:
                raise ResourceFailedError(f"AWS Marketplace did not accept the agreement for {model}: {PAYMENT}")
            return self._offer_token(model) is None
        return AGREEMENT_PHASES[status] is Phase.READY and found["entitlementAvailability"] == "AVAILABLE"

    def _availability(self, model: str) -> "Availability | None":
        """None for a model that has no agreements: the account may use it."""
        try:
            return self._bedrock.get_foundation_model_availability(modelId=model)
        except Exception as error:
            if error_code(error) == "ResourceNotFoundException":
                raise ResourceFailedError(
                    f"{model} is not a foundation model in {self._region}; correct the model or the region"
                ) from None
            if error_code(error) != "ValidationException":
                raise
            return None

    def _faults(self, model: str, found: "Availability | None") -> list[str]:
        if found is None:
            return []
        if found["regionAvailability"] != "AVAILABLE":
            return [f"{model} is not available in {self._region}: choose another region or another model"]
        if found["authorizationStatus"] != "AUTHORIZED":
            return [f"this account is not authorized for {model} in {self._region}: {_remedy(model)}"]
        return []

    def _agree(self, model: str) -> None:
        token = self._offer_token(model)
        if token is None:
            return
        try:
            self._bedrock.create_foundation_model_agreement(modelId=model, offerToken=token)
        except Exception as error:
            if error_code(error) != "ConflictException":  # the agreement exists already
                raise

    def _revoke(self, model: str) -> None:
        try:
            self._bedrock.delete_foundation_model_agreement(modelId=model)
        except Exception as error:
            if error_code(error) not in NOTHING_TO_AGREE:
                raise

    def _offer_token(self, model: str) -> str | None:
        try:
            offers = self._bedrock.list_foundation_model_agreement_offers(modelId=model)["offers"]
        except Exception as error:
            if error_code(error) not in NOTHING_TO_AGREE:
                raise
            return None
        return offers[0]["offerToken"] if offers else None

    def _ensure_use_case(self, form: dict[str, str] | None) -> None:
        present = self._present_use_case()
        if form is None and present is None:
            raise ResourceFailedError(
                "Anthropic models need the account's use-case form, which does not exist yet: add "
                "[model_access.use_case] with company_name, company_website, intended_users, industry and "
                "use_cases to deployment.toml"
            )
        if form is None:
            return
        wanted = {key: value for key, value in form.items() if value}
        if present is None:
            self._bedrock.put_use_case_for_model_access(formData=json.dumps(form, sort_keys=True).encode())
        elif present != wanted:
            keys = sorted(key for key in {*present, *wanted} if present.get(key) != wanted.get(key))
            raise ResourceFailedError(
                f"the account already has a use-case form, which differs in {', '.join(keys)} and is never "
                "overwritten: remove [model_access.use_case] from deployment.toml to use it, or make both equal"
            )

    def _present_use_case(self) -> dict[str, Any] | None:
        try:
            data = self._bedrock.get_use_case_for_model_access()["formData"]
        except Exception as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
            return None
        try:
            form = json.loads(data)
        except ValueError:  # forms that the console or the CLI sent may be encoded twice
            form = json.loads(base64.b64decode(data))
        return {key: value for key, value in form.items() if value}


def plain_model_id(identifier: str) -> str:
    """The id in agreements: without the geography of an inference profile and the suffix of a variant."""
    return VARIANT_SUFFIX.sub(r"\1", PROFILE_PREFIX.sub("", identifier.rpartition("/")[2]))


def _remedy(model: str) -> str:
    """Amazon's own models have no agreement and no payment through AWS Marketplace: only the account is left."""
    if model.startswith("amazon."):
        return UNVERIFIED
    return (
        f"{PAYMENT}, the permission aws-marketplace:Subscribe and service control policies; if they are right, or if "
        f"Amazon's models are refused too, {UNVERIFIED}"
    )


def _models(properties: Properties) -> list[str]:
    return sorted({plain_model_id(model) for model in properties.texts("Models")})


def _agreement(found: "Availability") -> str:
    return found["agreementAvailability"]["status"]
