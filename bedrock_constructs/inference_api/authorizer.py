"""The authorizer of the inference API: it checks the keys, and is the only function that can read them."""

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from bedrock_constructs.lambda_functions.amazon_roots import amazon_roots
from bedrock_constructs.lambda_functions.python_function import PythonFunction
from kit_contract.environment import API_KEYS_SECRET_ARN, KIT_DEPLOYMENT, RETRY_SECONDS
from kit_contract.inference_api_names import AMAZON_ROOTS_FILE


def add_authorizer(
    scope: Construct, kit_deployment: str, secret: secretsmanager.ISecret, wait: float
) -> apigateway.RequestAuthorizer:
    """`wait`: seconds, see waits.py."""
    function = PythonFunction(
        scope,
        "AuthorizerFunction",
        handler="inference_api.authorizer.handler",
        description=f"{kit_deployment}: checks the inference API's keys",
        timeout=Duration.seconds(15),
        environment={
            KIT_DEPLOYMENT: kit_deployment,
            API_KEYS_SECRET_ARN: secret.secret_arn,
            RETRY_SECONDS: f"{wait:g}",
        },
        files={AMAZON_ROOTS_FILE: amazon_roots()},
    )
    function.add_to_role_policy(
        iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[secret.secret_arn])
    )
    return apigateway.RequestAuthorizer(
        scope,
        "Authorizer",
        handler=function,
        # API Gateway requires declared identity sources in every request, but the key is in one of two headers.
        # Without a source, a cache would return the result of one caller to all, so there is no cache either: it
        # would keep a Deny policy, but not the exception that becomes a 401. The function itself keeps the keys.
        identity_sources=[],
        results_cache_ttl=Duration.seconds(0),
    )
