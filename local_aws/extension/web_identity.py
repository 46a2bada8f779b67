"""AssumeRoleWithWebIdentity by the trust policy of the role, always; ministack asks it only with its own users.

A token's signature is not checked. Claims that AWS maps to condition keys of any issuer are aud, sub and amr; of GitHub
those below, too. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
and, for GitHub, aws.amazon.com/about-aws/whats-new/2026/01/aws-sts-supports-validation-identity-provider-claims
"""

from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.services import iam, sts
from ministack.services.cognito import _decode_id_token_unverified

from local_aws.extension.bedrock.responses import Response

ACTION = "AssumeRoleWithWebIdentity"
GITHUB = "token.actions.githubusercontent.com"
GITHUB_CLAIMS = (
    *("actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository", "repository_id"),
    "workflow",
)


def install() -> None:
    principal = sts._web_identity_principal
    behind = app.SERVICE_HANDLERS["sts"]

    def with_claims(token: str, provider_id: str, role_arn: str) -> tuple[str, dict[str, Any]]:
        provider, keys = principal(token, provider_id, role_arn)
        if provider.endswith(f"/{GITHUB}"):
            claims = _decode_id_token_unverified(token)
            keys |= {f"{GITHUB}:{name}": claims[name] for name in GITHUB_CLAIMS if name in claims}
        return provider, keys

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
        parameters = {**query, **parse_qs(body.decode("utf-8", "replace"))}
        if parameters.get("Action") == [ACTION] and (refused := _refused(parameters)):
            return refused
        response: Response = await behind(method, path, headers, body, query)
        return response

    sts._web_identity_principal = with_claims
    app.SERVICE_HANDLERS["sts"] = handle


def _refused(parameters: Any) -> Response | None:
    (role,), (token,) = parameters.get("RoleArn", [""]), parameters.get("WebIdentityToken", [""])
    provider, keys = sts._web_identity_principal(token, "", role)
    known = iam._oidc_providers.get(provider)
    host = provider.partition(":oidc-provider/")[2]
    if known is None:
        message = f"No OpenIDConnect provider found in your account for https://{host}"
        return _error(400, "InvalidIdentityToken", message)
    if keys.get(f"{host}:aud") not in known["ClientIDList"]:
        return _error(400, "InvalidIdentityToken", "Incorrect token audience")
    denied: Response | None = sts._web_identity_trust_denied(role, parameters, False)
    return denied


def _error(status: int, code: str, message: str) -> Response:
    response: Response = sts._error(status, code, message, ns="sts")
    return response
