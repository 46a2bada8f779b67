"""A stack that uses what a wheel of the kit brings."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs import (
    Agent,
    BucketSource,
    Budget,
    ControlledThroughput,
    Customization,
    DocumentKnowledgeBase,
    Guardrail,
    InferenceApi,
    ModelAccess,
    ModelCustomization,
    ThroughputTarget,
    TrainingDataBucket,
    served_alias,
)

HATE = {"type": "HATE", "inputStrength": "HIGH", "outputStrength": "HIGH"}


class ShopStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, *, folder: Path) -> None:
        super().__init__(scope, construct_id)
        reader = iam.Role(self, "Reader", assumed_by=iam.AccountRootPrincipal())
        manuals = s3.Bucket(self, "Manuals")
        manual = DocumentKnowledgeBase(
            self, "Manual", documents=folder / "documents", sources=[BucketSource.of("manuals", manuals)]
        )
        manual.grant_retrieve(reader)
        data = TrainingDataBucket(self, "TrainingData")
        training = ModelCustomization(
            self,
            "Training",
            bucket=data.bucket,
            customizations={
                "support": Customization(base_model="amazon.nova-micro-v1:0:128k", dataset=folder / "chat.csv")
            },
        )
        training.grant_start(reader)
        api = InferenceApi(
            self,
            "Api",
            aliases={
                "support": served_alias(self, "amazon.nova-micro-v1:0", trained=True),
                "assistant": "us.amazon.nova-lite-v1:0",
            },
            knowledge_bases={"manual": manual},
            answering_model="amazon.nova-lite-v1:0",
        )
        api.grant_read_api_key(reader)
        ControlledThroughput(
            self, "Capacity", target=ThroughputTarget("support", customization="support"), expires="2027-01-31"
        )
        polite = Guardrail(self, "Polite", name="polite", policies={"content_policy_config": {"filtersConfig": [HATE]}})
        Agent(self, "Agent", name="shop", model="amazon.nova-lite-v1:0", instructions="Be brief.", guardrail=polite)
        Budget(self, "Budget", monthly_usd=100, emails=["cost@example.com"])
        ModelAccess(self, "Access", models=["amazon.nova-lite-v1:0"])
