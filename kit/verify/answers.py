"""What AWS says of what does not exist: the kit decides by code and message, which AWS documents for few operations."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kit.verify.check import Finding, false, holds, unknown
from kit.verify.place import Place
from kit_contract.aws_errors import code_of, message_of, says_absent, says_denied

ABSENT = "bedrock-kit-verify-absent"
ABSENT_ID = "BKVERIFY00"  # a knowledge base has ten letters and digits
# Operation -> its parameters.
BEDROCK = {
    "get_custom_model": {"modelIdentifier": ABSENT},
    "get_custom_model_deployment": {"customModelDeploymentIdentifier": ABSENT},
    "get_foundation_model": {"modelIdentifier": f"amazon.{ABSENT}-v1:0"},
    "get_imported_model": {"modelIdentifier": ABSENT},
    "get_model_customization_job": {"jobIdentifier": ABSENT},
    "get_provisioned_model_throughput": {"provisionedModelId": ABSENT},
}


def absent_in_bedrock(place: Place) -> Iterator[Finding]:
    for operation, parameters in BEDROCK.items():
        yield _answer(place, "bedrock", operation, parameters, says_absent)
    parameters = {"knowledgeBaseId": ABSENT_ID}
    yield _answer(place, "bedrock-agent", "get_knowledge_base", parameters, says_absent)


def absent_elsewhere(place: Place) -> Iterator[Finding]:
    for operation in ("describe_stacks", "describe_stack_resource"):
        more = {"LogicalResourceId": "X"} if operation == "describe_stack_resource" else {}
        yield _answer(place, "cloudformation", operation, {"StackName": ABSENT, **more}, _says_no_stack)
    yield _answer(place, "ssm", "get_parameter", {"Name": f"/{ABSENT}"}, _is("ParameterNotFound"))
    yield _answer(place, "secretsmanager", "describe_secret", {"SecretId": ABSENT}, _is("ResourceNotFoundException"))


def absent_object(place: Place) -> Iterator[Finding]:
    """In the bucket of `cdk bootstrap`; without it there is none to ask."""
    bucket = f"cdk-hnb659fds-assets-{place.account}-{place.region}"
    try:
        place.client("s3").head_bucket(Bucket=bucket)
    except Exception as error:
        if code_of(error) != "404":
            raise
        return
    yield _answer(place, "s3", "head_object", {"Bucket": bucket, "Key": ABSENT}, _is("404"))


def found_by_part(place: Place) -> Iterator[Finding]:
    """`nameContains`, with a part of the name of one that exists."""
    bedrock = place.client("bedrock")
    models = bedrock.list_custom_models(isOwned=True, maxResults=1).get("modelSummaries", [])
    for name in (item["modelName"] for item in models):
        again = bedrock.list_custom_models(isOwned=True, nameContains=name[1:])["modelSummaries"]
        yield _contained("custom model", name, {item["modelName"] for item in again})
    jobs = bedrock.list_model_customization_jobs(maxResults=1).get("modelCustomizationJobSummaries", [])
    for name in (item["jobName"] for item in jobs):
        again = bedrock.list_model_customization_jobs(nameContains=name[1:])["modelCustomizationJobSummaries"]
        yield _contained("job", name, {item["jobName"] for item in again})


def _contained(kind: str, name: str, found: set[str]) -> Finding:
    if name in found:
        return holds(f"{kind} {name}")
    return false(f"{kind} {name}", f"a list with nameContains {name[1:]} does not have it")


def _answer(
    place: Place,
    service: str,
    operation: str,
    parameters: Mapping[str, str],
    understood: Callable[[BaseException], bool],
) -> Finding:
    """One call that must be refused: for the kit, the answer means that nothing is there."""
    subject = "".join(part.capitalize() for part in operation.split("_"))
    call: Callable[..., Any] = getattr(place.client(service), operation)
    try:
        call(**parameters)
    except place.client(service).exceptions.ClientError as error:
        said = f"{code_of(error)}: {message_of(error)}"
        if understood(error):
            return holds(subject, said)
        if says_denied(error) or code_of(error) == "403":
            return unknown(subject, f"{said}; you may not ask")
        return false(subject, f"{said}; report this answer, kit_contract/aws_errors.py does not know it")
    return unknown(subject, f"{', '.join(parameters.values())} exists")


def _is(code: str) -> Callable[[BaseException], bool]:
    return lambda error: code_of(error) == code


def _says_no_stack(error: BaseException) -> bool:
    return code_of(error) == "ValidationError" and "does not exist" in message_of(error)
