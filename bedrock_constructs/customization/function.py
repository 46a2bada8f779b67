"""One Lambda function of the training workflow, with access to the bucket's key."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Size, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.lambda_functions.python_function import PythonFunction
from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards

LONGEST = Duration.minutes(15)


class CustomizationFunction(PythonFunction):
    """`handler` is the name of a module in lambda/customization/handlers/.

    `key_actions` are granted on the bucket's customer managed key, if it has one: kms:Decrypt to read objects,
    kms:GenerateDataKey to write them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        handler: str,
        description: str,
        memory_mb: int,
        bucket: s3.IBucket,
        key_actions: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        timeout: Duration = LONGEST,
        ephemeral_storage: Size | None = None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            handler=f"customization.handlers.{handler}.handler",
            description=description,
            timeout=timeout,
            memory_mb=memory_mb,
            ephemeral_storage=ephemeral_storage,
            environment=environment,
            service_models=["bedrock"],
        )
        self._scope = scope
        if bucket.encryption_key and key_actions:
            through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{Stack.of(self).region}.amazonaws.com"}}
            self.allow("UseKey", key_actions, [bucket.encryption_key.key_arn], conditions=through_s3)

    def allow(
        self,
        sid: str,
        actions: Sequence[str],
        resources: Sequence[str],
        *,
        acknowledgment: str = "",
        conditions: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        """`acknowledgment` tells cdk-nag why `resources` end in a wildcard."""
        self.add_to_role_policy(
            iam.PolicyStatement(
                sid=sid or None, actions=list(actions), resources=list(resources), conditions=conditions
            )
        )
        if acknowledgment:
            acknowledge_wildcards(self._scope, resources, reason=acknowledgment)  # the role is beside the function
