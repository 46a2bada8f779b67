"""A knowledge base with documents in S3 and vectors in a store, from CloudFormation resources only.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html (trust and permissions of the service role)
"""

from collections.abc import Sequence
from typing import Literal

import aws_cdk as cdk
from aws_cdk import RemovalPolicy
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_kms as kms
from constructs import Construct, IConstruct

from bedrock_constructs.custom_resources.role_propagation import role_propagation
from bedrock_constructs.feature_flags import logs_by_bucket_policy
from bedrock_constructs.knowledge_base.checks import check_knowledge_base, check_sources, check_vectors
from bedrock_constructs.knowledge_base.chunking import FixedSizeChunking
from bedrock_constructs.knowledge_base.documents_bucket import documents_bucket
from bedrock_constructs.knowledge_base.permissions import (
    allow,
    keep_rights_until_replaced,
    permissions,
    service_role,
)
from bedrock_constructs.knowledge_base.reading import Reading, build_reading
from bedrock_constructs.knowledge_base.source import Part, Source
from bedrock_constructs.knowledge_base.stores.configuration import managed_configuration, vector_configuration
from bedrock_constructs.knowledge_base.stores.managed import bucket_connector
from bedrock_constructs.knowledge_base.stores.s3_vectors import S3Vectors
from bedrock_constructs.knowledge_base.stores.store import BuiltStore, Store, StoreRequest
from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards
from bedrock_constructs.names import deployment_name, plain_name, unique_name
from kit_contract.run_names import bedrock_name
from kit_contract.stacks import pascal
from kit_contract.vector_stores import MANAGED

DOCUMENTS_PREFIX = "documents/"
S3_VECTORS, EMBEDDING_MODEL, DIMENSIONS = S3Vectors(), "amazon.titan-embed-text-v2:0", 1024


class KnowledgeBase(Construct):
    """Searches the documents under `documents_prefix` of `documents_bucket` after their ingestion.

    `kit_deployment`: the stack's name by default; together with `name` it is unique in account and Region.
    `embedding_model_id`: id of a foundation model, or ARN of a provisioned model. `dimensions`: length of a vector
    (Titan Text Embeddings v2: 256, 512 or 1024). `dimensions_configurable` is False for a model that gives one length
    only. `chunk_max_tokens`: 1 to 8192 tokens per passage.
    `chunk_overlap_percentage`: 1 to 99. `rerank_model_id`: the foundation model that searches may rerank with. The
    stack's deletion destroys data only if `removal` is "destroy" and
    `allow_data_deletion` is true; `destroys_data` is the result. `generation`: a new one has a new knowledge base, data
    source and index in place of what was deleted by hand, which CloudFormation would not miss. `store`: of the vectors;
    another one replaces the knowledge base. `reading`: in place of the two settings of chunks. `sources`: documents
    elsewhere; `source_ids` has the ids of their data sources. `wait_for_role`: False if `create_after` is given
    what waits until IAM knows the role everywhere.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str | None = None,
        name: str | None = None,
        embedding_model_id: str = EMBEDDING_MODEL,
        dimensions: int = DIMENSIONS,
        dimensions_configurable: bool = True,
        removal: Literal["retain", "destroy"] = "retain",
        allow_data_deletion: bool = False,
        kms_key: kms.IKey | None = None,
        chunk_max_tokens: int = 300,
        chunk_overlap_percentage: int = 20,
        reading: Reading | None = None,
        rerank_model_id: str | None = None,
        generation: int = 1,
        store: Store = S3_VECTORS,
        sources: Sequence[Source] = (),
        wait_for_role: bool = True,
    ) -> None:
        super().__init__(scope, construct_id)
        logs_by_bucket_policy(self)
        kit_deployment, name = deployment_name(self, kit_deployment), name or plain_name(construct_id)
        check_knowledge_base(name, removal, kms_key, generation)
        check_vectors(store, embedding_model_id, dimensions)
        check_sources(sources)
        reading = reading or Reading(chunking=FixedSizeChunking(chunk_max_tokens, chunk_overlap_percentage))
        self._again = str(generation) if generation > 1 else ""
        self._kms_key = kms_key
        self._rerank_model_id = rerank_model_id
        self._sources = sources
        self.destroys_data = removal == "destroy" and allow_data_deletion
        self._removal_policy = RemovalPolicy.DESTROY if self.destroys_data else RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
        stack = cdk.Stack.of(self)
        foundation_model = f"arn:{stack.partition}:bedrock:{stack.region}::foundation-model/{embedding_model_id}"
        by_arn = embedding_model_id.startswith("arn:")
        self._embedding_model_arn = embedding_model_id if by_arn else foundation_model
        self.documents_prefix = DOCUMENTS_PREFIX
        self.documents_bucket = documents_bucket(
            self, kms_key=kms_key, removal_policy=self._removal_policy, destroy=self.destroys_data
        )
        self.role = service_role(self)
        self._managed = store.type == MANAGED
        self._store = store.build(
            StoreRequest(
                scope=self,
                kit_deployment=kit_deployment,
                name=name,
                dimensions=dimensions,
                role=self.role,
                kms_key=kms_key,
                removal_policy=self._removal_policy,
                again=self._again,
                embedding_model_arn=self._embedding_model_arn,
            )
        )
        self._grant(self._store)
        fixed = () if dimensions_configurable else ("fixed",)
        # CloudFormation creates a replacement before it deletes the old one, so a replacement needs another name.
        resource_name = self._name(
            bedrock_name(kit_deployment, name), embedding_model_id, dimensions, *fixed, *self._store.replacing
        )
        self._policy_id = keep_rights_until_replaced(self.role, resource_name)
        knowledge_base = self._knowledge_base(
            name=resource_name,
            dimensions=dimensions if dimensions_configurable else None,
        )
        self._resource = knowledge_base
        self.knowledge_base_id = knowledge_base.attr_knowledge_base_id
        self.knowledge_base_arn = knowledge_base.attr_knowledge_base_arn
        self._reading = build_reading(
            self, reading, role=self.role, removal_policy=self._removal_policy, kms_key=kms_key
        )
        self.data_source_id = self._own_source(reading).attr_data_source_id
        self.source_ids = [
            (source, part, self._other_source(source, part, reading).attr_data_source_id)
            for source in sources
            for part in source.parts(stack.account)
        ]

        if wait_for_role:
            waiting = Construct(self, "RolePropagation")
            self.create_after(role_propagation(waiting, role=self.role, resources=self.permitted_arns))

    @property
    def permitted_arns(self) -> list[str]:
        """What the role may use, and the policy that says so: another one is to be in effect, too."""
        used = [*self._store.permitted_arns, *self._reading.permitted_arns]
        used += [arn for source in self._sources for arn in source.permitted_arns]
        embedding = [] if self._managed else [self._embedding_model_arn]
        return [*embedding, *used, self.documents_bucket.bucket_arn, self._policy_id]

    def create_after(self, resource: IConstruct) -> None:
        """For a resource that waits until the role is in effect, and begins when the store is there."""
        resource.node.add_dependency(*self._store.awaited)
        self._resource.node.add_dependency(resource)

    def _grant(self, store: BuiltStore) -> None:
        for statement in permissions(
            self.documents_bucket,
            documents_prefix=DOCUMENTS_PREFIX,
            embedding_model_arn=None if self._managed else self._embedding_model_arn,
            store=store.statements,
            rerank_model_id=self._rerank_model_id,
        ):
            self.role.add_to_policy(statement)
        for source in self._sources:
            for statement in source.statements(cdk.Stack.of(self)):
                self.role.add_to_policy(statement)
            acknowledge_wildcards(self.role, source.objects, reason=f"The objects of the source {source.name}.")
        if self._kms_key:
            self._allow_key(self._kms_key, ["s3", *store.key_services])
        documents = self.documents_bucket.arn_for_objects(f"{DOCUMENTS_PREFIX}*")
        reason = (
            "All documents under the prefix, and all indexes of the own vector bucket: names are not known at synth."
        )
        acknowledge_wildcards(self.role, [documents, *store.wildcards], reason=reason)
        if self._rerank_model_id:
            acknowledge_wildcards(self.role, ["*"], reason="Rerank has no resource-level permissions.")

    def _allow_key(self, key: kms.IKey, services: list[str]) -> None:
        region = cdk.Stack.of(self).region
        through = {"StringEquals": {"kms:ViaService": [f"{service}.{region}.amazonaws.com" for service in services]}}
        self.role.add_to_policy(allow("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], key.key_arn, through))

    def _knowledge_base(self, *, name: str, dimensions: int | None) -> bedrock.CfnKnowledgeBase:
        configuration = (
            managed_configuration() if self._managed else vector_configuration(self._embedding_model_arn, dimensions)
        )
        knowledge_base = bedrock.CfnKnowledgeBase(
            self,
            f"Resource{self._again}",
            name=name,
            role_arn=self.role.role_arn,
            knowledge_base_configuration=configuration,
            storage_configuration=self._store.storage_configuration,
        )
        knowledge_base.node.add_dependency(self.role)  # and on its policy: Bedrock checks the permissions at creation
        knowledge_base.node.add_dependency(*self._store.awaited)
        return knowledge_base

    def _own_source(self, reading: Reading) -> bedrock.CfnDataSource:
        properties = bedrock.CfnDataSource
        configuration = properties.DataSourceConfigurationProperty(
            type="S3",
            s3_configuration=properties.S3DataSourceConfigurationProperty(
                bucket_arn=self.documents_bucket.bucket_arn,
                bucket_owner_account_id=cdk.Stack.of(self).account,
                inclusion_prefixes=[DOCUMENTS_PREFIX],
            ),
        )
        if self._managed:
            account = cdk.Stack.of(self).account
            configuration = bucket_connector(self.documents_bucket.bucket_name, account, [DOCUMENTS_PREFIX])
        name = self._name("documents", *reading.replacing)
        return self._data_source("DataSource", name, configuration, reading)

    def _other_source(self, source: Source, part: Part, reading: Reading) -> bedrock.CfnDataSource:
        configuration = part.connector if self._managed else part.configuration
        if configuration is None:
            raise ValueError(f"sources: {source.name} can't be read by a managed knowledge base; use a bucket")
        replacing = cdk.Stack.of(self).resolve(list(part.replacing))  # a token's text is not the same in each synth
        name = self._name(source.name, *replacing, *reading.replacing)
        made = self._data_source(f"Source{pascal(source.name)}{part.id}", name, configuration, reading)
        if part.content is None:  # nothing takes its vectors along when another one replaces it
            made.data_deletion_policy = "DELETE"
        return made

    def _data_source(
        self,
        construct_id: str,
        name: str,
        configuration: bedrock.CfnDataSource.DataSourceConfigurationProperty,
        reading: Reading,
    ) -> bedrock.CfnDataSource:
        return bedrock.CfnDataSource(
            self,
            f"{construct_id}{self._again}{reading.transformed}",
            name=name,
            knowledge_base_id=self.knowledge_base_id,
            # DELETE removes the vectors of a deleted data source from an index that stays. If the stack deletes the
            # index too, that is not needed and fails with DELETE_UNSUCCESSFUL when the index is deleted first.
            data_deletion_policy="RETAIN" if self.destroys_data and not self._managed else "DELETE",
            data_source_configuration=configuration,
            vector_ingestion_configuration=self._reading.configuration,
        )

    def _name(self, prefix: str, *replacing: object) -> str:
        return unique_name(self, prefix, *replacing, *([self._again] if self._again else []))
