"""AWS::Bedrock::ApplicationInferenceProfile."""

import json

from ministack.services import bedrock

from local_aws.extension.cloudformation.service_calls import Created, Properties, answer, attributes, members

INFERENCE_PROFILE = "AWS::Bedrock::ApplicationInferenceProfile"


def create(_: str, properties: Properties) -> Created:
    body = {**members(properties), "inferenceProfileName": properties["InferenceProfileName"]}
    arn = answer(bedrock._create_inference_profile(json.dumps(body)))["inferenceProfileArn"]
    return arn, update(arn, properties)


def update(arn: str, properties: Properties) -> Properties:
    bedrock._tags[arn] = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    record = answer(bedrock._get_inference_profile(arn.rsplit("/", 1)[-1]))
    return attributes(INFERENCE_PROFILE, {**record, "inferenceProfileIdentifier": arn})


def delete(arn: str) -> None:
    bedrock._delete_inference_profile(arn.rsplit("/", 1)[-1])
