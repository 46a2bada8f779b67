"""`kit models refresh`: asks AWS with your credentials, shows what changed, rewrites the API's part of the catalog."""

import argparse
import datetime
import sys
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from model_catalog.refresh import difference, refresh, write


def run(options: argparse.Namespace) -> int:
    session = boto3.Session()
    try:
        regions = options.regions or _enabled_regions(session)
    except (BotoCoreError, ClientError) as error:
        print(
            f"kit models refresh: the account's regions could not be read: {error}; name them with --regions",
            file=sys.stderr,
        )
        return 2
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    refreshed = refresh(
        lambda service, region: session.client(service, region_name=region),
        _announced(regions),
        date=date,
        failures=(BotoCoreError, ClientError),
    )
    changes = list(difference(refreshed))
    for line in changes:
        print(line)
    for problem in refreshed.problems:
        print(f"kit models refresh: {problem}", file=sys.stderr)
    end = "; nothing was written" if options.dry_run else ""
    print(f"{len(changes)} differences; {refreshed.regions_read} of {len(regions)} regions read{end}")
    if not options.dry_run:
        write(refreshed, date=date)
    return 1 if any("not read" in problem for problem in refreshed.problems) else 0


def _announced(regions: list[str]) -> Iterator[str]:
    """A region takes seconds: one call for each of its models."""
    for number, region in enumerate(regions, start=1):
        print(f"reading {region} ({number} of {len(regions)})", file=sys.stderr, flush=True)
        yield region


def _enabled_regions(session: Any) -> list[str]:
    """Regions of the account that have Bedrock."""
    found = session.client("ec2", region_name=session.region_name or "us-east-1").describe_regions()["Regions"]
    with_bedrock = set(session.get_available_regions("bedrock"))
    return sorted({item["RegionName"] for item in found} & with_bedrock)
