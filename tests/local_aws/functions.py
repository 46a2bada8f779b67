"""Lambda functions that tests create on the embedded AWS."""

import io
import zipfile

from tests.local_aws.conftest import Client

ROLE = "arn:aws:iam::000000000000:role/any"


def zipped(name: str, code: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, code)
    return buffer.getvalue()


def create_function(client: Client, name: str, runtime: str, file: str, code: str) -> str:
    arn: str = client("lambda").create_function(
        FunctionName=name,
        Runtime=runtime,
        Architectures=["arm64"],
        Role=ROLE,
        Handler="index.handle",
        Code={"ZipFile": zipped(file, code)},
    )["FunctionArn"]
    client("lambda").get_waiter("function_active_v2").wait(FunctionName=name)
    return arn
