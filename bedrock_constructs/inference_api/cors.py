"""CORS: which web pages may call the API from a browser. API Gateway answers preflights itself, without the function.

https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway

from bedrock_constructs.nag_acknowledgments import acknowledge
from kit_contract.inference_api import CORS_EXPOSED_HEADERS

METHODS = ("GET", "POST", "OPTIONS")
# What the clients of OpenAI and Anthropic and the AWS SDK send from a browser. "*" stands for what later versions add;
# it never stands for Authorization: https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
ALLOWED_HEADERS = (
    "authorization",
    "content-type",
    "x-api-key",
    "anthropic-version",
    "anthropic-beta",
    "anthropic-dangerous-direct-browser-access",
    "openai-organization",
    "openai-project",
    "idempotency-key",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "x-amz-user-agent",
    *(
        f"x-stainless-{name}"
        for name in (
            "arch",
            "async",
            "helper-method",
            "lang",
            "os",
            "package-version",
            "poll-helper",
            "retry-count",
            "runtime",
            "runtime-version",
            "timeout",
        )
    ),
    "*",
)
PREFLIGHT_LIFETIME = cdk.Duration.hours(2)  # the most that Chromium keeps


def add_preflights(
    resources: Sequence[apigateway.IResource], origins: Sequence[str], *, methods: Sequence[str] = METHODS
) -> None:
    """OPTIONS without a key: browsers send none with a preflight."""
    for resource in resources:
        method = resource.add_cors_preflight(
            allow_origins=list(origins),
            allow_methods=list(methods),
            allow_headers=list(ALLOWED_HEADERS),
            max_age=PREFLIGHT_LIFETIME,
        )
        for finding in ("AwsSolutions-APIG4", "AwsSolutions-COG4"):
            acknowledge(method, finding, reason="A preflight: browsers send no key, and API Gateway answers constants.")


def error_headers(origins: Sequence[str]) -> dict[str, str]:
    """For API Gateway's own errors. They are constants, so with several origins every page may read them."""
    if not origins:
        return {}
    return {
        "Access-Control-Allow-Origin": f"'{origins[0] if len(origins) == 1 else '*'}'",
        "Access-Control-Expose-Headers": f"'{', '.join(CORS_EXPOSED_HEADERS)}'",
    }
