"""What a knowledge base needs of the store of its vectors. Another store is another module with these two classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from aws_cdk import RemovalPolicy
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct, IDependable


@dataclass(frozen=True)
class StoreRequest:
    """What the knowledge base says of its store. `scope`: the store's resources are made in it.

    `name`: of the knowledge base, unique in its deployment. `dimensions`: the length of a vector. `role`: Bedrock reads
    and writes with it. `removal_policy`: of all that holds data. `again`: a part of logical ids that is empty for the
    first generation: what was deleted by hand gets another one. `embedding_model_arn`: vectors of two models do not go
    together.
    """

    scope: Construct
    kit_deployment: str
    name: str
    dimensions: int
    role: iam.IRole
    kms_key: kms.IKey | None
    removal_policy: RemovalPolicy
    again: str
    embedding_model_arn: str = ""


class BuiltStore(Protocol):
    """The resources of a store. Its attributes may hold tokens."""

    @property
    def storage_configuration(self) -> bedrock.CfnKnowledgeBase.StorageConfigurationProperty | None: ...

    @property
    def statements(self) -> Sequence[iam.PolicyStatement]:
        """What the knowledge base's role may do."""

    @property
    def wildcards(self) -> Sequence[str]:
        """Resources of `statements` with a wildcard; the acknowledgment of cdk-nag names them."""

    @property
    def permitted_arns(self) -> Sequence[str]:
        """The resources of `statements`: the deploy waits again until the role is in effect when they change."""

    @property
    def awaited(self) -> Sequence[IDependable]:
        """What must be there before the knowledge base is made, and stay until after its deletion."""

    @property
    def replacing(self) -> Sequence[object]:
        """What another knowledge base follows from, beside its model and dimensions: parts of its unique name."""

    @property
    def key_services(self) -> Sequence[str]:
        """Services that use the knowledge base's KMS key with the role's rights."""


class Store(Protocol):
    """A kind of store with its settings. `type`: Bedrock's, or MANAGED (kit_contract/vector_stores.py)."""

    @property
    def type(self) -> str: ...

    def build(self, request: StoreRequest) -> BuiltStore: ...
