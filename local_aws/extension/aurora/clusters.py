"""The PostgreSQL server of each Aurora cluster: started at the first use; a cluster of 0 ACU pauses and resumes.

available -> nobody asked for SecondsUntilAutoPause -> paused -> a request, refused -> resuming -> available
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html: a resume takes about
15 seconds. Here it is a tenth of that, on Bedrock's clock.
"""

import threading
import time
from typing import Any

from ministack.services import rds

from local_aws.extension.aurora.data_api_error import DataApiError
from local_aws.extension.aurora.postgres import Postgres
from local_aws.extension.bedrock import faults
from local_aws.extension.bedrock.clock import elapsed

RESUME_SECONDS = 1.5
DEFAULT_PAUSE_SECONDS = 300
PAUSE_SECONDS_OF_FAULT = 1.0
Cluster = dict[str, Any]
_lock = threading.Lock()
_servers: dict[str, Postgres] = {}
_used: dict[str, float] = {}
_resuming: dict[str, float] = {}


def find(arn: str) -> Cluster | None:
    """The cluster with this ARN, or None."""
    cluster: Cluster | None = rds._resolve_cluster(arn) if ":cluster:" in arn else None
    return cluster


def server(cluster: Cluster) -> Postgres:
    """The cluster's server, whatever its state: for what AWS itself does in it."""
    key = cluster["DbClusterResourceId"]
    with _lock:
        if key not in _servers:
            _servers[key] = Postgres(key)
            _create_master(_servers[key], cluster)
        return _servers[key]


def awake(cluster: Cluster) -> Postgres:
    """The server for a user's request. Raises DataApiError while the cluster resumes or has no instance."""
    members = [member["DBInstanceIdentifier"] for member in cluster.get("DBClusterMembers", [])]
    if not members:
        identifier = cluster["DBClusterIdentifier"]
        raise DataApiError("DatabaseNotFoundException", f"DB cluster {identifier} doesn't have a DB instance")
    key, now = cluster["DbClusterResourceId"], time.time()
    if is_paused(cluster):
        _resuming[key] = now
    _used[key] = now
    if key in _resuming:
        if elapsed(_resuming[key]) < RESUME_SECONDS:
            raise DataApiError(
                "DatabaseResumingException",
                f"The Aurora DB instance {members[0]} is resuming after being auto-paused. Please wait a few seconds "
                "and try again.",
            )
        del _resuming[key]
    return server(cluster)


def is_paused(cluster: Cluster) -> bool:
    """Whether nobody has used it for so long that it has no capacity."""
    scaling = cluster.get("ServerlessV2ScalingConfiguration") or {}
    if float(scaling.get("MinCapacity", 1)) > 0:
        return False
    key = cluster["DbClusterResourceId"]
    seconds = float(scaling.get("SecondsUntilAutoPause") or DEFAULT_PAUSE_SECONDS)
    if faults.is_on(faults.PAUSED_DATABASES):
        seconds = PAUSE_SECONDS_OF_FAULT
    return time.time() - _used.setdefault(key, time.time()) >= seconds


def remove(cluster: Cluster) -> None:
    """End the server of a deleted cluster, with its data."""
    key = cluster["DbClusterResourceId"]
    with _lock:
        found = _servers.pop(key, None)
    if found:
        found.stop()
    for states in (_used, _resuming):
        states.pop(key, None)


def _create_master(postgres: Postgres, cluster: Cluster) -> None:
    from psycopg import sql

    user = sql.Identifier(cluster["MasterUsername"])
    password = sql.Literal(cluster["_MasterUserPassword"])
    with postgres.administer() as connection:
        connection.execute("CREATE ROLE rds_superuser NOLOGIN")
        create = sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE IN ROLE rds_superuser PASSWORD {}")
        connection.execute(create.format(user, password))
        connection.execute(sql.SQL("ALTER DATABASE postgres OWNER TO {}").format(user))
        if name := cluster.get("DatabaseName"):
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), user))
