"""What a knowledge base in Aurora PostgreSQL costs: capacity by the hour, storage by the month.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html: nothing for capacity
while it is paused. Each use of a paused cluster is billed until it pauses again.
"""

from collections.abc import Iterator
from math import ceil

from deployment.costs.lines import CostGroup, CostLine, line
from deployment.costs.provisioned_throughput import HOURS_PER_MONTH
from deployment.costs.training import GIGABYTE
from deployment.sections.knowledge_base import AuroraPostgresql
from model_catalog.prices import Price, price

SERVICE = "aurora-postgresql"
# Beside a vector: its index's links and the row; HNSW with 16 links takes about as much again as the vector.
INDEX_FACTOR = 2
LEAST_CAPACITY = 0.5  # of a cluster that is not paused
ACU_BYTES = 2 * 2**30
SECONDS_PER_HOUR = 3600


def idle_lines(label: str, size: int, settings: AuroraPostgresql, region: str) -> Iterator[CostLine]:
    """A month in which nobody asks. `size`: bytes of vectors and texts."""
    paused = "paused" if settings.min_capacity == 0 else f"{settings.min_capacity:g} ACU"
    yield line(
        f"{label}, capacity",
        f"{paused} in Aurora PostgreSQL",
        settings.min_capacity * HOURS_PER_MONTH,
        _capacity(region),
        missing=f"Aurora capacity in {region}",
    )
    yield line(
        f"{label}, secrets",
        "2 secrets: the administrator's and Bedrock's",
        2,
        price("secret_month", service="secrets-manager", region=region),
        missing=f"a secret in {region}",
    )
    stored = size * INDEX_FACTOR
    yield line(
        label,
        f"about {stored:,} bytes with indexes in Aurora PostgreSQL",
        stored / GIGABYTE,
        price("storage", service=SERVICE, region=region),
        missing=f"Aurora storage in {region}",
    )


def capacity_group(where: str, name: str, settings: AuroraPostgresql, region: str) -> CostGroup:
    """What an hour of use costs: the capacity follows the load."""
    least, most = max(settings.min_capacity, LEAST_CAPACITY), settings.max_capacity
    pause = f", until {settings.pause_seconds:,} s after the last request" if settings.min_capacity == 0 else ""
    capacity = line(
        "capacity",
        f"{most:g} ACU at most, {least:g} at least{pause}",
        most,
        _capacity(region),
        missing=f"Aurora capacity in {region}",
    )
    return CostGroup(f"{where}.capacity", f"An hour of use of {name} in Aurora PostgreSQL, at most", (capacity,))


def use_line(requests: int, graph_size: int, settings: AuroraPostgresql, region: str) -> CostLine:
    """`requests`, evenly over a month, each with the wait for the pause; the index of `graph_size` bytes is in memory.

    What `min_capacity` pays for anyway is left out.
    """
    hours = min(HOURS_PER_MONTH, requests * settings.pause_seconds / SECONDS_PER_HOUR)
    wanted = max(LEAST_CAPACITY, ceil(graph_size / ACU_BYTES / LEAST_CAPACITY) * LEAST_CAPACITY)
    capacity = max(settings.min_capacity, min(wanted, settings.max_capacity))
    what = f"{capacity:g} ACU x {hours:,.0f} hours awake, more with more load"
    if settings.min_capacity:
        what += f"; {settings.min_capacity:g} ACU of it are idle cost"
    quantity = (capacity - settings.min_capacity) * hours
    return line("capacity", what, quantity, _capacity(region), missing=f"Aurora capacity in {region}")


def _capacity(region: str) -> Price | None:
    return price("acu_hour", service=SERVICE, region=region)
