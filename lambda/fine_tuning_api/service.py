"""What all endpoints work with: clients of AWS, the bucket, who may call."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient


class Service(NamedTuple):
    """`keys`: the names of those that may call. `clock`: seconds since 1970. `new_id`: the random part of a file's id.

    `starter`: the name of the function that starts and cancels runs. `bounds`: customization -> hyperparameter ->
    least and most.
    """

    kit_deployment: str
    bucket: str
    starter: str
    keys: tuple[str, ...]
    bounds: Mapping[str, Mapping[str, Sequence[float]]]
    s3: "S3Client"
    ssm: "SSMClient"
    functions: "LambdaClient"
    stepfunctions: "SFNClient"
    clock: Callable[[], float]
    new_id: Callable[[], str]


class Call(NamedTuple):
    """One request. `headers` has lower-case names. `key_name`: of the key that the authorizer has checked."""

    method: str
    path: str
    query: Mapping[str, str] = MappingProxyType({})
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""
    key_name: str = ""


class Reply(NamedTuple):
    """`headers` beside Content-Type."""

    status: int
    body: str
    content_type: str = "application/json"
    headers: Mapping[str, str] = MappingProxyType({})
