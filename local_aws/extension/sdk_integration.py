"""Step Functions' integrations aws-sdk:bedrock:*, with the members, paths and errors of botocore's model.

https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html: parameters and results are in
Pascal case, errors are Bedrock.<exception>. ministack has the integrations of other services only.
"""

from typing import Any
from urllib.parse import quote

from botocore.loaders import Loader
from ministack.services import stepfunctions

from kit_contract.partitions import PARTITIONS

RESOURCES = tuple(f"arn:{partition}:states:::aws-sdk:bedrock:" for partition in PARTITIONS)


def request_of(resource: str, parameters: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """The method, path and body of a call whose parameters have the wire's names. Only what goes into path or body is
    taken: List operations are not. Raises _ExecutionError as Step Functions does for members that do not exist.
    """
    action = resource.rpartition(":")[2]
    model = Loader().load_service_model("bedrock", "service-2")
    operation = model["operations"].get(action[:1].upper() + action[1:])
    if operation is None:
        raise stepfunctions._ExecutionError("States.Runtime", f"The resource {resource} is not supported")
    members = model["shapes"][operation["input"]["shape"]]["members"]
    if unknown := sorted(set(parameters) - set(members)):
        raise stepfunctions._ExecutionError("States.Runtime", f"The field {unknown[0]!r} is not supported by {action}")
    path, body = operation["http"]["requestUri"], dict(parameters)
    for name, member in members.items():
        if member.get("location") == "uri":
            path = path.replace(f"{{{member.get('locationName', name)}}}", quote(str(body.pop(name)), safe=""))
    return operation["http"]["method"], path, body
