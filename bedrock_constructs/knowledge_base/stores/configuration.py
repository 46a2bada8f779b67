"""The knowledgeBaseConfiguration of both types: vectors in a store of yours, and what AWS manages."""

from aws_cdk import aws_bedrock as bedrock


def vector_configuration(
    embedding_model_arn: str, dimensions: int | None
) -> bedrock.CfnKnowledgeBase.KnowledgeBaseConfigurationProperty:
    """`dimensions`: None of a model that gives one length only."""
    properties = bedrock.CfnKnowledgeBase
    embedding = properties.EmbeddingModelConfigurationProperty(
        bedrock_embedding_model_configuration=properties.BedrockEmbeddingModelConfigurationProperty(
            dimensions=dimensions
        )
    )
    return properties.KnowledgeBaseConfigurationProperty(
        type="VECTOR",
        vector_knowledge_base_configuration=properties.VectorKnowledgeBaseConfigurationProperty(
            embedding_model_arn=embedding_model_arn,
            embedding_model_configuration=embedding if dimensions else None,
        ),
    )


def managed_configuration() -> bedrock.CfnKnowledgeBase.KnowledgeBaseConfigurationProperty:
    properties = bedrock.CfnKnowledgeBase
    return properties.KnowledgeBaseConfigurationProperty(
        type="MANAGED",
        managed_knowledge_base_configuration=properties.ManagedKnowledgeBaseConfigurationProperty(
            embedding_model_type="MANAGED"
        ),
    )
