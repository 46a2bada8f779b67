"""The methods of the API: public ones, those behind the authorizer or IAM, and the preflights of browsers."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_

from bedrock_constructs.inference_api.cors import add_preflights
from bedrock_constructs.nag_acknowledgments import acknowledge
from kit_contract.inference_api import IAM_PREFIX

TIMEOUT = Duration.minutes(15)  # API Gateway's limit for responses that are streamed, and Lambda's
PUBLIC_PATHS = ("health", "openapi.json")
PUBLIC_REQUESTS_PER_SECOND = 5  # paths without a key have their own limit


def add_methods(
    rest_api: apigateway.RestApi,
    function: lambda_.IFunction,
    authorizer: apigateway.RequestAuthorizer,
    cors_origins: Sequence[str],
    *,
    signed: bool = False,
) -> None:
    """`signed`: also for requests that are signed with AWS credentials."""
    integration = apigateway.LambdaIntegration(
        function,
        timeout=TIMEOUT,
        response_transfer_mode=apigateway.ResponseTransferMode.STREAM,
        allow_test_invoke=False,
    )
    resources: list[apigateway.IResource] = []
    for path in PUBLIC_PATHS:
        resources.append(rest_api.root.add_resource(path))
        public = resources[-1].add_method("GET", integration)
        for finding in ("AwsSolutions-APIG4", "AwsSolutions-COG4"):
            acknowledge(public, finding, reason="Returns a constant; monitors and generators have no key.")
    # All paths below them go to the function, which answers 404 and 405 with the error body of the dialect.
    for root in ("v1", "model"):
        resources.append(rest_api.root.add_resource(root).add_resource("{proxy+}"))
        method = resources[-1].add_method(
            "ANY",
            integration,
            authorizer=authorizer,
            authorization_type=apigateway.AuthorizationType.CUSTOM,
            api_key_required=True,
        )
        reason = (
            "Callers are programs with an API key, as OpenAI's and AWS's clients send it; the authorizer checks it."
        )
        acknowledge(method, "AwsSolutions-COG4", reason=reason)
    if signed:
        resources.append(_add_signed(rest_api, integration))
    if cors_origins:
        add_preflights(resources, cors_origins)


def _add_signed(rest_api: apigateway.RestApi, integration: apigateway.Integration) -> apigateway.Resource:
    """The alias is in the path, so that IAM policies can name it. Without a key no usage plan applies."""
    model = rest_api.root.add_resource(IAM_PREFIX.strip("/")).add_resource("model")
    resource = model.add_resource("{alias}").add_resource("{operation}")
    method = resource.add_method("POST", integration, authorization_type=apigateway.AuthorizationType.IAM)
    acknowledge(method, "AwsSolutions-COG4", reason="Callers are programs with AWS credentials; IAM policies decide.")
    return resource
