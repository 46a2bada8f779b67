"""Properties whose change replaces a custom resource: its `physical_id` in lambda/custom_resources is made of them.

CloudFormation has no schema of them. A throughput is renamed in place.
"""

IDENTITY: dict[str, list[tuple[str, ...]]] = {
    "Custom::BedrockCustomModelDeployment": [("DeploymentName",)],
    "Custom::BedrockImportedModelServing": [("Customization",)],
    "Custom::OpenSearchIndex": [("CollectionId",), ("IndexName",)],
    "Custom::PgVectorTable": [("Table",)],
}
