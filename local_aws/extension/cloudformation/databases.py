"""AWS::RDS::DBCluster with RDS's rules for Aurora PostgreSQL, and ministack's types that are held against schemas.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html (versions, seconds)
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.requirements.html (capacity)
"""

import re
import secrets
from typing import Any

from ministack.services import ec2, rds
from ministack.services.cloudformation import provisioners

from local_aws.extension.aurora import clusters
from local_aws.extension.cloudformation import resource_schemas
from local_aws.extension.cloudformation.service_calls import Created, Properties

CLUSTER, INSTANCE, SUBNETS = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::RDS::DBSubnetGroup"
# The first minor of each major that pauses at 0 ACU.
PAUSING = {13: 15, 14: 12, 15: 7, 16: 3}
# AWS retires minor versions one by one, which ends templates that name them: github.com/aws-samples/sample-apj-sup-sa/
# pull/163 (15.8), github.com/aws-samples/aws-saas-tenant-usage-and-cost-attribution/issues/4 (15.4).
RETIRED = ("12.4", "13.6", "15.4", "15.8")
RESERVED_USERS = ("admin", "rdsadmin", "rds_superuser", "public")
LARGEST_CAPACITY, PAUSE_SECONDS = 256.0, (300, 86_400)


def install() -> None:
    """End the server of a cluster that is deleted through the API, too."""
    delete = rds._ACTION_MAP["DeleteDBCluster"]

    def deleting(parameters: Any) -> Any:
        cluster = rds._clusters.get(rds._p(parameters, "DBClusterIdentifier"))
        response = delete(parameters)
        if cluster is not None and response[0] < 400:
            clusters.remove(cluster)
        return response

    rds._ACTION_MAP["DeleteDBCluster"] = deleting


def create_cluster(seed: str, properties: Properties) -> Created:
    check_cluster(properties)
    _check_found(properties)
    identifier = properties.get("DBClusterIdentifier") or f"{seed[:50].lower().rstrip('-')}-{secrets.token_hex(6)}"
    given = {"DBClusterIdentifier": identifier, **properties}
    _answered(CLUSTER, rds._create_db_cluster(provisioners._ec_query(given)))
    cluster = rds._clusters[identifier]
    cluster["ServerlessV2ScalingConfiguration"] = properties.get("ServerlessV2ScalingConfiguration")
    return identifier, _attributes(cluster)


def update_cluster(identifier: str, properties: Properties) -> Properties:
    check_cluster(properties)
    cluster = rds._clusters.get(identifier)
    if cluster is None:
        raise ValueError(f"{CLUSTER}: DBCluster {identifier} not found")
    check_upgrade(str(cluster.get("EngineVersion", "")), str(properties.get("EngineVersion", "")))
    fields = provisioners._rds_db_cluster_fields(properties)
    fields.pop("_MasterUserPassword")
    cluster.update(fields)
    return _attributes(cluster)


def delete_cluster(identifier: str) -> None:
    if identifier not in rds._clusters:
        return
    if rds._clusters[identifier].get("DeletionProtection"):
        raise ValueError(
            f"{CLUSTER}: Cannot delete protected Cluster, please disable deletion protection and try again."
        )
    delete = {"DBClusterIdentifier": identifier, "SkipFinalSnapshot": "true"}
    _answered(CLUSTER, rds._ACTION_MAP["DeleteDBCluster"](delete))


def check(properties: Properties) -> None:
    """As for a new one of a stack: its schema first. Raises ValueError."""
    resource_schemas.validate(CLUSTER, properties)
    check_cluster(properties)
    _check_found(properties)


def check_upgrade(before: str, after: str) -> None:
    """Raise ValueError for an older minor: AWS upgrades clusters by itself, past the one in a template.

    https://github.com/aws-samples/dify-self-hosted-on-aws/issues/101
    """
    (major, old), (other, new) = _numbers(before), _numbers(after)
    if major == other and new < old and "." in before:
        raise ValueError(f"{CLUSTER}: Cannot upgrade aurora-postgresql from {before} to {after}")


def _numbers(version: str) -> tuple[int, int]:
    """Major and minor; a major alone is its default minor, one of the newest."""
    major, _, minor = version.partition(".")
    return int(major or 16), int(minor or 99)


def _check_found(properties: Properties) -> None:
    if (version := properties.get("EngineVersion")) in RETIRED:
        raise ValueError(f"{CLUSTER}: Cannot find version {version} for aurora-postgresql")


def check_cluster(properties: Properties) -> None:
    """Raise ValueError with RDS's reason."""
    if not str(properties.get("Engine", "")).startswith("aurora-postgresql"):
        return
    user = str(properties.get("MasterUsername", ""))
    if user.lower() in RESERVED_USERS or not re.fullmatch(r"[A-Za-z]\w{0,62}", user):
        raise ValueError(f"{CLUSTER}: MasterUsername {user} cannot be used as it is a reserved word used by the engine")
    if not (properties.get("ManageMasterUserPassword") or properties.get("MasterUserPassword")):
        raise ValueError(f"{CLUSTER}: The parameter MasterUserPassword must be provided and must not be blank.")
    if not re.fullmatch(r"[A-Za-z]\w{0,62}", properties.get("DatabaseName", "postgres")):
        raise ValueError(f"{CLUSTER}: DatabaseName must begin with a letter and contain only alphanumeric characters.")
    group = properties.get("DBSubnetGroupName")
    if group and group not in rds._subnet_groups:
        raise ValueError(f"{CLUSTER}: DB subnet group '{group}' does not exist.")
    if scaling := properties.get("ServerlessV2ScalingConfiguration"):
        _check_scaling(scaling, str(properties.get("EngineVersion", "")))


def _check_scaling(scaling: Properties, version: str) -> None:
    least, most = float(scaling.get("MinCapacity", 0.5)), float(scaling.get("MaxCapacity", 0))
    if any(capacity * 2 % 1 for capacity in (least, most)):
        raise ValueError(f"{CLUSTER}: Serverless v2 capacity must be in increments of 0.5, got {least} and {most}")
    if not least <= most or not 1 <= most <= LARGEST_CAPACITY:
        raise ValueError(f"{CLUSTER}: Serverless v2 maximum capacity {most} is not valid with the minimum {least}.")
    major, minor = _numbers(version)
    if least == 0 and minor < PAUSING.get(major, 0):
        raise ValueError(f"{CLUSTER}: Serverless v2 minimum capacity 0.0 is not valid for engine version {version}.")
    seconds = scaling.get("SecondsUntilAutoPause")
    if seconds is not None and (least > 0 or not PAUSE_SECONDS[0] <= seconds <= PAUSE_SECONDS[1]):
        raise ValueError(f"{CLUSTER}: SecondsUntilAutoPause {seconds} is not valid with a minimum capacity of {least}.")


def check_instance(properties: Properties) -> None:
    """Raise ValueError with RDS's reason."""
    identifier = properties.get("DBClusterIdentifier")
    if not identifier:
        return
    cluster = rds._clusters.get(identifier)
    if cluster is None:
        raise ValueError(f"{INSTANCE}: DBCluster {identifier} not found")
    if properties.get("Engine") != cluster["Engine"]:
        raise ValueError(f"{INSTANCE}: The engine name requested for your DB instance doesn't match the cluster's.")
    if properties.get("DBInstanceClass") == "db.serverless" and not cluster.get("ServerlessV2ScalingConfiguration"):
        raise ValueError(
            f"{INSTANCE}: Set the Serverless v2 scaling configuration on the parent DB cluster before creating a "
            "Serverless v2 DB instance."
        )


def check_subnets(properties: Properties) -> None:
    """Raise ValueError with RDS's reason."""
    zones = {ec2._subnets[subnet]["AvailabilityZone"] for subnet in properties["SubnetIds"] if subnet in ec2._subnets}
    if len(zones) < 2:
        raise ValueError(
            f"{SUBNETS}: The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ "
            f"coverage: {', '.join(sorted(zones)) or 'none'}. Add subnets to cover at least 2 AZs."
        )


# What ministack creates itself, after these checks and those of the schema.
CHECKED: dict[str, Any] = {
    INSTANCE: check_instance,
    SUBNETS: check_subnets,
    **dict.fromkeys(("AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::SecurityGroup")),
}


def _attributes(cluster: dict[str, Any]) -> Properties:
    secret = cluster.get("MasterUserSecret") or {}
    return {**provisioners._rds_db_cluster_attrs(cluster), "MasterUserSecret.SecretArn": secret.get("SecretArn", "")}


def _answered(resource_type: str, response: Any) -> None:
    if response[0] >= 400:
        provisioners._rds_raise(response[0], response[2], resource_type, "request")
