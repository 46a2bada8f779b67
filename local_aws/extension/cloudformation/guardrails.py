"""AWS::Bedrock::Guardrail and AWS::Bedrock::GuardrailVersion."""

import json

from ministack.services import bedrock

from local_aws.extension.cloudformation.service_calls import Created, Properties, answer, attributes, members

GUARDRAIL = "AWS::Bedrock::Guardrail"


def create_guardrail(_: str, properties: Properties) -> Created:
    made = answer(bedrock._create_guardrail(json.dumps(_guardrail_body(properties))))
    arn = _renamed_guardrail(made["guardrailId"], made["guardrailArn"])
    return arn, _guardrail_attributes(arn)


def _renamed_guardrail(given_id: str, given_arn: str) -> str:
    """ministack's ids hold a hyphen, which the schemas refuse where a template refers to the guardrail."""
    identifier, arn = given_id.replace("-", ""), given_arn.replace(given_id, given_id.replace("-", ""))
    record = bedrock._guardrails.pop(given_id)
    bedrock._guardrails[identifier] = {**record, "GuardrailId": identifier, "GuardrailArn": arn}
    bedrock._tags[arn] = bedrock._tags.pop(given_arn, {})
    return arn


def update_guardrail(arn: str, properties: Properties) -> Properties:
    answer(bedrock._update_guardrail(arn, json.dumps(_guardrail_body(properties))))
    return _guardrail_attributes(arn)


def _guardrail_body(properties: Properties) -> Properties:
    body: Properties = members(properties)
    return {**body, "kmsKeyId": body.get("kmsKeyArn")}


def _guardrail_attributes(arn: str) -> Properties:
    return attributes(GUARDRAIL, answer(bedrock._get_guardrail(arn, {})))


def delete_guardrail(arn: str) -> None:
    bedrock._delete_guardrail(arn, {})


def create_guardrail_version(_: str, properties: Properties) -> Created:
    guardrail = properties["GuardrailIdentifier"]
    made = answer(bedrock._create_guardrail_version(guardrail, json.dumps(members(properties))))
    arn = answer(bedrock._get_guardrail(guardrail, {}))["guardrailArn"]
    attributes = {"GuardrailArn": arn, "GuardrailId": made["guardrailId"], "Version": made["version"]}
    return f"{made['guardrailId']}|{made['version']}", attributes


def delete_guardrail_version(physical_id: str) -> None:
    bedrock._guardrail_versions.pop(physical_id.replace("|", "/"), None)
