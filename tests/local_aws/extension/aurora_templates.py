"""Templates of a database and of a knowledge base in its table, and the requests of the table's custom resource."""

from typing import Any

from custom_resources.framework.request import Request
from tests.custom_resources.aws import event

TABLE = "bedrock_integration.passages_0a1b2c3d"
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"


def database(**changes: Any) -> dict[str, Any]:
    cluster = {
        "Engine": "aurora-postgresql",
        "EngineVersion": "17",
        "MasterUsername": "kit_administrator",
        "ManageMasterUserPassword": True,
        "DatabaseName": "knowledge",
        "EnableHttpEndpoint": True,
        "ServerlessV2ScalingConfiguration": {"MinCapacity": 0, "MaxCapacity": 4, "SecondsUntilAutoPause": 300},
        **changes,
    }
    instance = {"DBClusterIdentifier": {"Ref": "Cluster"}, "DBInstanceClass": "db.serverless"}
    generated = {"SecretStringTemplate": '{"username":"bedrock_user"}', "GenerateStringKey": "password"}
    resources = {
        "Cluster": ("RDS::DBCluster", cluster),
        "Instance": ("RDS::DBInstance", {**instance, "Engine": "aurora-postgresql"}),
        "Secret": ("SecretsManager::Secret", {"GenerateSecretString": {**generated, "ExcludePunctuation": True}}),
    }
    return {
        "Resources": {name: {"Type": f"AWS::{kind}", "Properties": given} for name, (kind, given) in resources.items()},
        "Outputs": {
            "Cluster": {"Value": {"Fn::GetAtt": ["Cluster", "DBClusterArn"]}},
            "Admin": {"Value": {"Fn::GetAtt": ["Cluster", "MasterUserSecret.SecretArn"]}},
            "Secret": {"Value": {"Ref": "Secret"}},
        },
    }


def request(kind: str, outputs: dict[str, str], **changes: str) -> Request:
    properties = {
        "ClusterArn": outputs["Cluster"],
        "AdminSecretArn": outputs["Admin"],
        "CredentialsSecretArn": outputs["Secret"],
        "Database": "knowledge",
        "Table": TABLE,
        "Dimensions": "256",
        "DeleteData": "true",
        **changes,
    }
    return Request.from_event(event(kind, properties))


def knowledge_base(outputs: dict[str, str], role: str) -> dict[str, Any]:
    columns = {"PrimaryKeyField": "id", "VectorField": "embedding", "TextField": "chunks", "MetadataField": "metadata"}
    rds = {
        "ResourceArn": outputs["Cluster"],
        "CredentialsSecretArn": outputs["Secret"],
        "DatabaseName": "knowledge",
        "TableName": TABLE,
        "FieldMapping": {**columns, "CustomMetadataField": "custom_metadata"},
    }
    model = {"BedrockEmbeddingModelConfiguration": {"Dimensions": 256}}
    vector = {"EmbeddingModelArn": MODEL, "EmbeddingModelConfiguration": model}
    base = {
        "Name": "wiki",
        "RoleArn": role,
        "KnowledgeBaseConfiguration": {"Type": "VECTOR", "VectorKnowledgeBaseConfiguration": vector},
        "StorageConfiguration": {"Type": "RDS", "RdsConfiguration": rds},
    }
    source = {
        "KnowledgeBaseId": {"Ref": "Base"},
        "Name": "documents",
        "DataSourceConfiguration": {"Type": "S3", "S3Configuration": {"BucketArn": "arn:aws:s3:::wiki"}},
    }
    return {
        "Resources": {
            "Base": {"Type": "AWS::Bedrock::KnowledgeBase", "Properties": base},
            "Source": {"Type": "AWS::Bedrock::DataSource", "Properties": source},
        },
        "Outputs": {
            "Base": {"Value": {"Ref": "Base"}},
            "Source": {"Value": {"Fn::GetAtt": ["Source", "DataSourceId"]}},
        },
    }
