"""`kit models refresh`: reads models and prices from AWS, prints what changed, and updates the catalog."""

import argparse
import datetime
import sys
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from kit_contract.counted import counted
from kit_contract.errors import InputError
from model_catalog.refresh import difference, refresh, write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--regions", nargs="+", metavar="REGION", help="default: every region of your account")
    parser.add_argument("--dry-run", action="store_true", help="print the difference, write nothing")


def run(options: argparse.Namespace) -> int:
    session = boto3.Session()
    try:
        regions = options.regions or _enabled_regions(session)
    except (BotoCoreError, ClientError) as error:
        raise InputError(f"cannot list the account's regions: {error}; name them with --regions") from None
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
    read = f"{refreshed.regions_read} of {counted(len(regions), 'region')}"
    print(f"{counted(len(changes), 'difference')}; {read} read{end}")
    if not options.dry_run:
        write(refreshed, date=date)
    return 1 if any("not read" in problem for problem in refreshed.problems) else 0


def _announced(regions: list[str]) -> Iterator[str]:
    """Reading a region takes seconds: one call per model."""
    for number, region in enumerate(regions, start=1):
        print(f"reading {region} ({number} of {len(regions)})", file=sys.stderr, flush=True)
        yield region


def _enabled_regions(session: Any) -> list[str]:
    """Regions of the account that have Bedrock."""
    found = session.client("ec2", region_name=session.region_name or "us-east-1").describe_regions()["Regions"]
    with_bedrock = set(session.get_available_regions("bedrock"))
    return sorted({item["RegionName"] for item in found} & with_bedrock)
