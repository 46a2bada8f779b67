"""An example of a stack of your own: what a website of yours may do with the inference API."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from bedrock_constructs import InferenceApi
from constructs import Construct


class WebsiteStack(cdk.Stack):
    """The role of its Lambda function, which may read the API's first key."""

    def __init__(self, scope: Construct, construct_id: str, *, api: InferenceApi, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        role = iam.Role(self, "Website", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        api.grant_read_api_key(role)
