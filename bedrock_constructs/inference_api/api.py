"""The API: REST API with keys and a usage plan, one function behind it, rights on the configured models only."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import Acknowledgment, Duration, RemovalPolicy, Validations
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from bedrock_constructs.inference_api.gateway_responses import add_gateway_responses
from bedrock_constructs.inference_api.permissions import AliasTarget, ServedAlias, grant_serving
from bedrock_constructs.lambda_functions.python_function import PythonFunction
from kit_contract.environment import ALIASES, API_KEYS_SECRET_ARN, KIT_DEPLOYMENT, KNOWLEDGE_BASE_MODEL, KNOWLEDGE_BASES

__all__ = ["AliasTarget", "InferenceApi", "ServedAlias"]

TIMEOUT = Duration.seconds(29)  # API Gateway's limit for an answer that is not streamed
HEALTH_REQUESTS_PER_SECOND = 5  # anyone may ask: a limit of its own keeps it from eating the others' share


LOG_POLICY = "arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"


class InferenceApi(Construct):
    """`aliases`: alias -> what may serve it. `knowledge_bases`: name -> knowledge base id.

    `knowledge_base_model` answers /v1/retrieve-and-generate when the caller names no alias.
    `throttle_rate_per_second`, `throttle_burst` (requests) and `monthly_quota` (requests) hold for each key.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str,
        aliases: Mapping[str, ServedAlias],
        knowledge_bases: Mapping[str, str],
        knowledge_base_model: AliasTarget | None,
        throttle_rate_per_second: float,
        throttle_burst: int,
        monthly_quota: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self.api_key_secret = self._secret(kit_deployment)
        environment = {
            KIT_DEPLOYMENT: kit_deployment,
            ALIASES: self._json({name: _alias(alias) for name, alias in aliases.items()}),
            KNOWLEDGE_BASES: self._json(dict(knowledge_bases)),
        }
        if knowledge_base_model:
            environment[KNOWLEDGE_BASE_MODEL] = self._json(_model(knowledge_base_model))
        self.function = PythonFunction(
            self,
            "Function",
            handler="inference_api.handler.handler",
            description=f"{kit_deployment}: answers the inference API",
            timeout=TIMEOUT,
            memory_mb=512,
            environment=environment,
        )
        grant_serving(
            self.function,
            kit_deployment,
            aliases=list(aliases.values()),
            knowledge_base_model=knowledge_base_model,
            knowledge_base_ids=knowledge_bases.values(),
        )
        self.rest_api = self._rest_api(kit_deployment)
        add_gateway_responses(self.rest_api)
        self._add_methods(self._authorizer(kit_deployment))
        self._usage_plan(throttle_rate_per_second, throttle_burst, monthly_quota)
        self.url = self.rest_api.url

    def _secret(self, kit_deployment: str) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            "ApiKeySecret",
            description=f"{kit_deployment}: the key of the inference API",
            generate_secret_string=secretsmanager.SecretStringGenerator(exclude_punctuation=True, password_length=40),
        )
        reason = "A new key must reach its callers first: rotation is a step of people (docs/inference-api.md)."
        Validations.of(secret).acknowledge(Acknowledgment(id="AwsSolutions-SMG4", reason=reason))
        return secret

    def _rest_api(self, kit_deployment: str) -> apigateway.RestApi:
        access_log = logs.LogGroup(
            self, "AccessLog", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
        )
        rest_api = apigateway.RestApi(
            self,
            "RestApi",
            rest_api_name=f"{kit_deployment}-inference-api",
            description=f"Aliases and knowledge bases of {kit_deployment}",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            # The plan follows the key that the authorizer found, so it holds for both headers.
            api_key_source_type=apigateway.ApiKeySourceType.AUTHORIZER,
            # Without the account's role API Gateway refuses a stage that logs. It is one per account and region, and
            # other APIs may have come to need it: it stays when the stack goes (the default of the L2).
            cloud_watch_role=True,
            deploy_options=apigateway.StageOptions(
                access_log_destination=apigateway.LogGroupLogDestination(access_log),
                access_log_format=_access_log_format(),
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                data_trace_enabled=False,  # it would write prompts and answers to the log
                method_options={
                    "/health/GET": apigateway.MethodDeploymentOptions(
                        throttling_rate_limit=HEALTH_REQUESTS_PER_SECOND,
                        throttling_burst_limit=HEALTH_REQUESTS_PER_SECOND * 2,
                        logging_level=apigateway.MethodLoggingLevel.ERROR,
                    )
                },
            ),
        )
        rest_api.node.try_remove_child("Endpoint")  # the stack names its outputs itself
        _acknowledge(
            rest_api,
            {
                "AwsSolutions-APIG2": "The function checks every body and answers in OpenAI's error shape.",
                f"AwsSolutions-IAM4[Policy::{LOG_POLICY}]": "AWS's own policy for API Gateway's log role.",
            },
        )
        reason = "Keys, throttle and quota limit callers; a web ACL has a monthly price and is the owner's to attach."
        _acknowledge(rest_api.deployment_stage, {"AwsSolutions-APIG3": reason})
        return rest_api

    def _authorizer(self, kit_deployment: str) -> apigateway.RequestAuthorizer:
        function = PythonFunction(
            self,
            "AuthorizerFunction",
            handler="inference_api.authorizer.handler",
            description=f"{kit_deployment}: checks the inference API's keys",
            timeout=Duration.seconds(15),
            environment={API_KEYS_SECRET_ARN: self.api_key_secret.secret_arn},
        )
        function.add_to_role_policy(
            iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[self.api_key_secret.secret_arn])
        )
        return apigateway.RequestAuthorizer(
            self,
            "Authorizer",
            handler=function,
            # A declared identity source must be in every request, and the key is in one of two headers. With none
            # declared a cache would have no key: one caller's yes would be everybody's. So: no source, no cache.
            identity_sources=[],
            results_cache_ttl=Duration.seconds(0),
        )

    def _add_methods(self, authorizer: apigateway.RequestAuthorizer) -> None:
        integration = apigateway.LambdaIntegration(self.function, timeout=TIMEOUT, allow_test_invoke=False)
        health = self.rest_api.root.add_resource("health").add_method("GET", integration)
        _acknowledge(
            health,
            {
                "AwsSolutions-APIG4": "It says ok and nothing else; load balancers and monitors have no key.",
                "AwsSolutions-COG4": "It says ok and nothing else; load balancers and monitors have no key.",
            },
        )
        # Everything below /v1 goes to the function: it answers 404 and 405 in OpenAI's shape (API Gateway: 403).
        resource = self.rest_api.root.add_resource("v1").add_resource("{proxy+}")
        method = resource.add_method(
            "ANY",
            integration,
            authorizer=authorizer,
            authorization_type=apigateway.AuthorizationType.CUSTOM,
            api_key_required=True,
        )
        reason = "Callers are programs with a key, as OpenAI's clients send it; the authorizer checks it."
        _acknowledge(method, {"AwsSolutions-COG4": reason})

    def _usage_plan(self, rate_per_second: float, burst: int, monthly_quota: int) -> None:
        # The reference is resolved by CloudFormation: the value is in no template and no output.
        value = self.api_key_secret.secret_value.unsafe_unwrap()
        key = apigateway.ApiKey(self, "DefaultKey", value=value, description="The key of the secret ApiKeySecret")
        plan = apigateway.UsagePlan(
            self,
            "UsagePlan",
            throttle=apigateway.ThrottleSettings(rate_limit=rate_per_second, burst_limit=burst),
            quota=apigateway.QuotaSettings(limit=monthly_quota, period=apigateway.Period.MONTH),
        )
        plan.add_api_key(key)
        plan.add_api_stage(stage=self.rest_api.deployment_stage)

    def _json(self, value: object) -> str:
        return cdk.Stack.of(self).to_json_string(value)


def _alias(alias: ServedAlias) -> dict[str, object]:
    return {**_model(alias.base), "order": list(alias.order)}


def _model(target: AliasTarget) -> dict[str, str]:
    return {"model": target.model, "arn": target.invoke_arns[0]}


def _access_log_format() -> apigateway.AccessLogFormat:
    """Who (the key's name and id, never its value), what and how long; no body."""
    fields: Sequence[str] = (
        "requestId",
        "requestTime",
        "httpMethod",
        "path",
        "status",
        "responseLatency",
        "integrationLatency",
        "responseLength",
        "identity.apiKeyId",
        "authorizer.principalId",
        "error.responseType",
    )
    entries = ",".join(f'"{name.split(".")[-1]}":"$context.{name}"' for name in fields)
    return apigateway.AccessLogFormat.custom("{" + entries + "}")


def _acknowledge(scope: Construct, reasons: Mapping[str, str]) -> None:
    for finding, reason in reasons.items():
        Validations.of(scope).acknowledge(Acknowledgment(id=finding, reason=reason))
