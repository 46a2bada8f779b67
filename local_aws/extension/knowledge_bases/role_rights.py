"""What a search does with the knowledge base's role: embed the question, and query the vector store.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html. The words are those of CreateKnowledgeBase for
a role without these rights (local_aws/extension/cloudformation/role_propagation.py); AWS documents none for a search.
"""

from typing import Any

from local_aws.extension.bedrock.responses import BedrockError
from local_aws.extension.bedrock.service_roles import role_allows_on


def check_role(knowledge_base: dict[str, Any]) -> None:
    """Raise BedrockError unless the role may search. Aurora checks its own rights."""
    role = knowledge_base["RoleArn"]
    vectors = knowledge_base["KnowledgeBaseConfiguration"].get("vectorKnowledgeBaseConfiguration") or {}
    model = vectors.get("embeddingModelArn")
    if model and not role_allows_on(role, "bedrock:InvokeModel", model):
        raise _refused(role, f"call specified bedrock embedding model {model}")
    storage = knowledge_base.get("StorageConfiguration") or {}
    index = (storage.get("s3VectorsConfiguration") or {}).get("indexArn")
    if index and not role_allows_on(role, "s3vectors:QueryVectors", index):
        raise _refused(role, f"perform s3vectors:QueryVectors on {index}")


def _refused(role: str, what: str) -> BedrockError:
    return BedrockError("ValidationException", f"Knowledge base role {role} is not able to {what}")
