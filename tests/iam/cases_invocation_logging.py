"""Requests of the role that Bedrock takes on to write model invocation logs to the log group.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html#setup-cloudwatch-logs-destination
"""

from tests.iam.cases import Cases, arn, on

GROUP = "iam-invocation-logging-InvocationLoggingLogGroup"
STREAM = arn("logs", f"log-group:{GROUP}:log-stream:aws/bedrock/modelinvocations")
OTHER_STREAM = arn("logs", f"log-group:{GROUP}:log-stream:other")
WRITE = ("logs:CreateLogStream", "logs:PutLogEvents")

INVOCATION_LOGGING = {
    "invocation-logging/InvocationLoggingRole": Cases(
        service="bedrock.amazonaws.com",
        source=arn("bedrock", ""),
        allowed=on(STREAM, *WRITE),
        denied=[
            *on(OTHER_STREAM, *WRITE),
            *on(arn("logs", "log-group:other:log-stream:aws/bedrock/modelinvocations"), *WRITE),
            *on(STREAM, "logs:GetLogEvents", "logs:DeleteLogStream"),
        ],
    ),
}
