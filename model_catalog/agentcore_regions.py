"""Regions that have AgentCore's harness, which needs AgentCore Runtime, Gateway and Memory.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/agentcore-regions.html (a stored copy of 2026), and of
harness.html there: "available in GA across all regions shown" on that page.
"""

HARNESS_REGIONS = (
    *("us-east-1", "us-east-2", "us-west-2", "ca-central-1"),
    *("eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1"),
    *("ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2"),
)
