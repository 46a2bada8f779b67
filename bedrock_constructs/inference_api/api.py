"""The inference API: a REST API with keys and a usage plan, and the function that answers."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import aws_cdk as cdk
from aws_cdk import RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from bedrock_constructs.guardrails import Guardrail
from bedrock_constructs.inference_api.access_log import access_log_format
from bedrock_constructs.inference_api.agents import ServedAgent, approval_secret, grant_agents
from bedrock_constructs.inference_api.authorizer import add_authorizer
from bedrock_constructs.inference_api.checks import check_callers, check_limits, check_served
from bedrock_constructs.inference_api.cors import error_headers
from bedrock_constructs.inference_api.description import description_file
from bedrock_constructs.inference_api.gateway_responses import add_gateway_responses
from bedrock_constructs.inference_api.iam_authorization import add_resource_policy, grant_invoke
from bedrock_constructs.inference_api.methods import PUBLIC_PATHS, PUBLIC_REQUESTS_PER_SECOND, TIMEOUT, add_methods
from bedrock_constructs.inference_api.permissions import grant_serving
from bedrock_constructs.inference_api.served import (
    SearchedKnowledgeBase,
    alias_settings,
    in_file,
    knowledge_base_settings,
    partition_variable,
    served_aliases,
    served_knowledge_bases,
)
from bedrock_constructs.inference_api.targets import AliasTarget, ServedAlias, ServedKnowledgeBase
from bedrock_constructs.inference_api.usage_plan import add_usage_plan
from bedrock_constructs.inference_api.waits import WAIT_WITHOUT_JITTER, retry_seconds
from bedrock_constructs.knowledge_base_ids import known_seconds
from bedrock_constructs.lambda_functions.amazon_roots import amazon_roots
from bedrock_constructs.lambda_functions.python_function import PythonFunction
from bedrock_constructs.nag_acknowledgments import acknowledge
from bedrock_constructs.names import deployment_name
from kit_contract.inference_api import Agent, Settings
from kit_contract.inference_api import Guardrail as ServedGuardrail
from kit_contract.inference_api_names import (
    ALIASES_FILE,
    AMAZON_ROOTS_FILE,
    DESCRIPTION_FILE,
    KNOWLEDGE_BASES_FILE,
    rest_api_name,
)
from kit_contract.inference_api_settings import aliases_json, environment_from, knowledge_bases_json

__all__ = ["AliasTarget", "InferenceApi", "ServedAgent", "ServedAlias", "ServedKnowledgeBase"]

# Lambda runs it with the command of its own runtime as arguments: the interpreter, then the runtime.
# https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper
WRAPPER_FILE = "start_runtime"
WRAPPER = '#!/bin/sh\nexec "$1" -m inference_api.runtime\n'
LOG_POLICY = "arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"


class InferenceApi(Construct):
    """`aliases`, `knowledge_bases` and `guardrails`: by name. An alias may be the id of a model; `answering_model`
    writes the answers over knowledge bases that are constructs.

    Requests may name images and documents in `media_buckets`, each "bucket" or "bucket/prefix/" of this account.
    `throttle_rate_per_second`, `throttle_burst` (requests) and `monthly_quota` (requests) apply to each key.
    `stage_rate_per_second` and `stage_burst` apply to all requests together, also those without a valid key.
    `cors_origins`: of the web pages that may call the API, or "*". `show_arns`: callers may ask for the ARN of what
    served them, which has the id of the account.
    `iam_callers`: accounts, and ARNs of roles and users of other accounts, that may sign requests with AWS credentials
    in place of a key; callers of this account need an IAM policy only. None: nobody may. `model_keys`: of its models.
    `fine_tuning`: a FineTuningApi is added to it, and described. `agents`: by name.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        aliases: Mapping[str, ServedAlias | str],
        knowledge_bases: Mapping[str, ServedKnowledgeBase | SearchedKnowledgeBase] = MappingProxyType({}),
        answering_model: str | None = None,
        kit_deployment: str | None = None,
        throttle_rate_per_second: float = 10,
        throttle_burst: int = 20,
        monthly_quota: int = 100_000,
        stage_rate_per_second: float = 100,
        stage_burst: int = 200,
        cors_origins: Sequence[str] = (),
        show_arns: bool = False,
        guardrails: Mapping[str, Guardrail] = MappingProxyType({}),
        media_buckets: Sequence[str] = (),
        iam_callers: Sequence[str] | None = None,
        fine_tuning: bool = False,
        model_keys: Sequence[str] = (),
        agents: Mapping[str, ServedAgent] = MappingProxyType({}),
    ) -> None:
        super().__init__(scope, construct_id)
        check_served(aliases, knowledge_bases, guardrails)
        check_limits(throttle_rate_per_second, throttle_burst, monthly_quota, stage_rate_per_second, stage_burst)
        check_callers(cors_origins, media_buckets, iam_callers, model_keys)
        kit_deployment = deployment_name(self, kit_deployment)
        served, searched = served_aliases(self, aliases), served_knowledge_bases(self, knowledge_bases, answering_model)
        self.api_key_secret = self._secret(kit_deployment)
        approvals = approval_secret(self, kit_deployment, agents.values())
        settings = Settings(
            kit_deployment=kit_deployment,
            aliases=alias_settings(served),
            knowledge_bases=knowledge_base_settings(searched),
            cors_origins=tuple(cors_origins),
            guardrails={
                name: ServedGuardrail(name, item.guardrail_id, item.version) for name, item in guardrails.items()
            },
            show_arns=show_arns,
            media_buckets=tuple(media_buckets),
            agents={name: Agent(item.harness_arn, item.confirmed_tools) for name, item in agents.items()},
            approval_secret_arn=approvals.secret_arn if approvals else None,
            knowledge_base_seconds=known_seconds(self),
        )
        stack = cdk.Stack.of(self)
        self.function = PythonFunction(
            self,
            "Function",
            handler="inference_api.handler.handler",
            description=f"{kit_deployment}: answers the inference API",
            timeout=TIMEOUT,
            memory_mb=256,  # benchmarks/memory_size.py: half the price of 512, 0.5 ms more per request
            environment={
                **environment_from(settings, stack.account, stack.to_json_string),
                **partition_variable(self),
                "AWS_LAMBDA_EXEC_WRAPPER": f"/var/task/{WRAPPER_FILE}",
            },
            files={
                ALIASES_FILE: in_file(self, aliases_json(settings, stack.account)),
                KNOWLEDGE_BASES_FILE: in_file(self, knowledge_bases_json(settings, stack.account)),
                AMAZON_ROOTS_FILE: amazon_roots(),
                DESCRIPTION_FILE: description_file(signed=iam_callers is not None, fine_tuning=fine_tuning),
                WRAPPER_FILE: WRAPPER,
            },
        )
        grant_serving(
            self.function,
            kit_deployment,
            aliases=list(served.values()),
            knowledge_bases=list(searched.values()),
            guardrail_arns=[arn for guardrail in guardrails.values() for arn in guardrail.apply_arns],
            guardrail_keys=[item.kms_key_arn for item in guardrails.values() if item.kms_key_arn],
            media_buckets=media_buckets,
            model_keys=model_keys,
        )
        grant_agents(self.function, agents.values(), approvals)
        signed = iam_callers is not None
        self._signed_aliases = tuple(served) if signed else ()
        self.rest_api = self._rest_api(kit_deployment, stage_rate_per_second, stage_burst, signed=signed)
        wait = retry_seconds(throttle_rate_per_second, throttle_burst)
        add_gateway_responses(
            self.rest_api,
            headers=error_headers(cors_origins),
            retry_after_seconds=math.ceil(wait * WAIT_WITHOUT_JITTER),
            signed=signed,
        )
        self.authorizer = add_authorizer(self, kit_deployment, self.api_key_secret, wait)
        add_methods(self.rest_api, self.function, self.authorizer, cors_origins, signed=signed)
        if iam_callers is not None:
            add_resource_policy(self.rest_api, stack.partition, iam_callers)
        self.usage_plan = add_usage_plan(
            self,
            self.rest_api,
            self.api_key_secret,
            rate_per_second=throttle_rate_per_second,
            burst=throttle_burst,
            monthly_quota=monthly_quota,
        )
        self.url = self.rest_api.url

    def _secret(self, kit_deployment: str) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            "ApiKeySecret",
            description=f"{kit_deployment}: the key of the inference API",
            generate_secret_string=secretsmanager.SecretStringGenerator(exclude_punctuation=True, password_length=40),
        )
        reason = "Callers need the new key first, so rotation is a manual step (docs/inference-api.md)."
        acknowledge(secret, "AwsSolutions-SMG4", reason=reason)
        return secret

    def _rest_api(self, kit_deployment: str, rate_per_second: float, burst: int, *, signed: bool) -> apigateway.RestApi:
        access_log = logs.LogGroup(
            self, "AccessLog", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
        )
        rest_api = apigateway.RestApi(
            self,
            "RestApi",
            rest_api_name=rest_api_name(kit_deployment),
            description=f"Aliases and knowledge bases of {kit_deployment}",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            # The authorizer finds the key, so the usage plan applies to both headers.
            api_key_source_type=apigateway.ApiKeySourceType.AUTHORIZER,
            # API Gateway needs the account's log role for a stage with logs. There is one per account and region, and
            # other APIs can depend on it: it stays when the stack is deleted (the default of the L2).
            cloud_watch_role=True,
            deploy_options=apigateway.StageOptions(
                access_log_destination=apigateway.LogGroupLogDestination(access_log),
                access_log_format=access_log_format(signed=signed),
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                data_trace_enabled=False,  # true writes prompts and answers to the log
                # Limits how much of the account's concurrency requests with a wrong key can take in the authorizer.
                throttling_rate_limit=rate_per_second,
                throttling_burst_limit=burst,
                method_options={
                    f"/{path}/GET": apigateway.MethodDeploymentOptions(
                        throttling_rate_limit=PUBLIC_REQUESTS_PER_SECOND,
                        throttling_burst_limit=PUBLIC_REQUESTS_PER_SECOND * 2,
                        logging_level=apigateway.MethodLoggingLevel.ERROR,
                    )
                    for path in PUBLIC_PATHS
                },
            ),
        )
        rest_api.node.try_remove_child("Endpoint")  # the stack has its own outputs
        reason = "The function validates every body and answers with the error body of the dialect."
        acknowledge(rest_api, "AwsSolutions-APIG2", reason=reason)
        reason = "The AWS managed policy for API Gateway's log role."
        acknowledge(rest_api, f"AwsSolutions-IAM4[Policy::{LOG_POLICY}]", reason=reason)
        reason = "Keys, throttling and quota limit callers. You can attach a web ACL, which has a monthly price."
        acknowledge(rest_api.deployment_stage, "AwsSolutions-APIG3", reason=reason)
        return rest_api

    def metric_requests(self, **options: Any) -> cloudwatch.Metric:
        """All requests. `options` are those of Metric, such as `period`."""
        return self.rest_api.metric_count(**options)

    def metric_errors(self, **options: Any) -> cloudwatch.Metric:
        """Answers with a status of 500 or more. `options` are those of Metric."""
        return self.rest_api.metric_server_error(**options)

    def grant_read_api_key(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow `grantee` to read `api_key_secret`, the first key."""
        return self.api_key_secret.grant_read(grantee)

    def grant_invoke(self, grantee: iam.IGrantable, *, aliases: Sequence[str] | None = None) -> iam.Grant:
        """Allow `grantee` to sign requests for `aliases`, or for all: see `iam_callers`, which must not be None.

        A grantee of another account gets the right in the resource policy, and needs one in its own account too.
        """
        return grant_invoke(self.rest_api, grantee, aliases, known=self._signed_aliases)
