"""/v1/files and /v1/fine_tuning of an inference API: a function of its own, which may start runs and calls no model."""

import json
from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from bedrock_constructs.fine_tuning_api.permissions import grant_fine_tuning
from bedrock_constructs.inference_api.api import InferenceApi
from bedrock_constructs.inference_api.cors import METHODS, add_preflights
from bedrock_constructs.lambda_functions.python_function import PythonFunction
from bedrock_constructs.nag_acknowledgments import acknowledge
from kit_contract.environment import CORS_ORIGINS, FINE_TUNING_KEYS, KIT_DEPLOYMENT, STARTER_FUNCTION, TRAINING_BUCKET
from kit_contract.fine_tuning import BOUNDS_FILE

TIMEOUT = Duration.seconds(29)  # of API Gateway, for an answer that is not streamed
FORMS = "multipart/form-data"


class FineTuningApi(Construct):
    """Adds the paths to `api`, for callers whose key has one of the names `keys`: training costs money.

    `bucket_name`, `starter_name`, `workflow_name`: of the training stack's bucket, starter and state machine; they may
    be tokens. `kms_key_arn`: of the bucket's key. `bounds`: customization -> hyperparameter -> least and most that a
    job may set.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        api: InferenceApi,
        kit_deployment: str,
        bucket_name: str,
        starter_name: str,
        workflow_name: str,
        kms_key_arn: str | None,
        keys: Sequence[str],
        bounds: Mapping[str, Mapping[str, Sequence[float]]],
        cors_origins: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        self.function = PythonFunction(
            self,
            "Function",
            handler="fine_tuning_api.handler.handler",
            description=f"{kit_deployment}: answers files and fine-tuning jobs",
            timeout=TIMEOUT,
            memory_mb=1769,  # one whole CPU: it converts and checks a dataset within the timeout
            environment={
                KIT_DEPLOYMENT: kit_deployment,
                TRAINING_BUCKET: bucket_name,
                STARTER_FUNCTION: starter_name,
                FINE_TUNING_KEYS: json.dumps(list(keys)),
                CORS_ORIGINS: json.dumps(list(cors_origins)),
            },
            files={BOUNDS_FILE: json.dumps(bounds, sort_keys=True)},
        )
        grant_fine_tuning(
            self.function,
            kit_deployment,
            bucket_name=bucket_name,
            starter_name=starter_name,
            workflow_name=workflow_name,
            kms_key_arn=kms_key_arn,
        )
        self._accept_forms(api.rest_api)
        resources = self._add_methods(api)
        if cors_origins:
            add_preflights(resources, cors_origins, methods=(*METHODS, "DELETE"))

    def _accept_forms(self, rest_api: apigateway.RestApi) -> None:
        """Forms reach functions in base64; as text, bytes that are not UTF-8 would be lost."""
        resource = rest_api.node.default_child
        assert isinstance(resource, apigateway.CfnRestApi)
        resource.binary_media_types = [FORMS]

    def _add_methods(self, api: InferenceApi) -> list[apigateway.IResource]:
        integration = apigateway.LambdaIntegration(self.function, timeout=TIMEOUT, allow_test_invoke=False)
        parent = api.rest_api.root.get_resource("v1")
        assert parent
        files = parent.add_resource("files")
        resources: list[apigateway.IResource] = [
            files,
            files.add_resource("{proxy+}"),
            parent.add_resource("fine_tuning").add_resource("{proxy+}"),
        ]
        for resource in resources:
            method = resource.add_method(
                "ANY",
                integration,
                authorizer=api.authorizer,
                authorization_type=apigateway.AuthorizationType.CUSTOM,
                api_key_required=True,
            )
            reason = "Callers are programs with an API key, as OpenAI's clients send it; the authorizer checks it."
            acknowledge(method, "AwsSolutions-COG4", reason=reason)
        return resources
