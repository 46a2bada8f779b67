"""What the stage of the inference API logs of each request."""

from collections.abc import Sequence

from aws_cdk import aws_apigateway as apigateway


def access_log_format(*, signed: bool = False) -> apigateway.AccessLogFormat:
    """Names and ids of keys, never their values; no bodies. `signed`: with the ARN of callers with AWS credentials."""
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
        *(("identity.userArn",) if signed else ()),
    )
    entries = ",".join(f'"{name.split(".")[-1]}":"$context.{name}"' for name in fields)
    return apigateway.AccessLogFormat.custom("{" + entries + "}")
