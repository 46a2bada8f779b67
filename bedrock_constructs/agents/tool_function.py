"""A tool that is a Python function of the user's own, without any right but to write its log."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from bedrock_constructs.lambda_functions.code import files_code
from bedrock_constructs.lambda_functions.logged_function import LoggedFunction


class ToolFunction(Construct):
    """Exposes `function`. `files` are the paths and contents of the zip; `handler` is `module.function`.

    It gets the arguments of the call as event, and returns what the model reads, as JSON.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        files: Mapping[str, bytes],
        handler: str,
        description: str,
        timeout: Duration,
        memory_mb: int = 256,
    ) -> None:
        super().__init__(scope, construct_id)
        self.function: lambda_.Function = LoggedFunction(
            self,
            "Function",
            code=files_code(files),
            handler=handler,
            description=description,
            timeout=timeout,
            memory_mb=memory_mb,
        )
