"""A Lambda function whose code is the module of its handler and everything that it imports."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Size
from constructs import Construct

from bedrock_constructs.lambda_functions.code import data_path, lambda_code
from bedrock_constructs.lambda_functions.logged_function import LoggedFunction


class PythonFunction(LoggedFunction):
    """`handler` is an import path (`inference_api.handler.handler`)."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        handler: str,
        description: str,
        timeout: Duration,
        memory_mb: int = 256,
        ephemeral_storage: Size | None = None,
        environment: Mapping[str, str] | None = None,
        data_packages: Sequence[str] = (),
        service_models: Sequence[str] = (),
        files: Mapping[str, str | bytes] | None = None,
    ) -> None:
        models = {"AWS_DATA_PATH": data_path()} if service_models else {}
        super().__init__(
            scope,
            construct_id,
            code=lambda_code(handler, data_packages=data_packages, service_models=service_models, files=files),
            handler=handler,
            description=description,
            timeout=timeout,
            memory_mb=memory_mb,
            prefix=construct_id,
            ephemeral_storage_size=ephemeral_storage,
            environment={**models, **(environment or {})},
        )
