"""The usage plan of the inference API, with the key that the stack makes."""

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct


def add_usage_plan(
    scope: Construct,
    rest_api: apigateway.RestApi,
    secret: secretsmanager.Secret,
    *,
    rate_per_second: float,
    burst: int,
    monthly_quota: int,
) -> apigateway.UsagePlan:
    """Limits of each key."""
    # CloudFormation resolves the reference, so the value is in no template and no output. `kit keys` never changes
    # the secret's current value, because CloudFormation would replace the key when it next updates it.
    value = secret.secret_value.unsafe_unwrap()
    key = apigateway.ApiKey(scope, "DefaultKey", value=value, description="The key of the secret ApiKeySecret")
    plan = apigateway.UsagePlan(
        scope,
        "UsagePlan",
        throttle=apigateway.ThrottleSettings(rate_limit=rate_per_second, burst_limit=burst),
        quota=apigateway.QuotaSettings(limit=monthly_quota, period=apigateway.Period.MONTH),
    )
    plan.add_api_key(key)
    plan.add_api_stage(stage=rest_api.deployment_stage)
    return plan
