"""The partition of a Region: the second part of its ARNs. A construct asks its stack instead.

botocore/data/partitions.json, with which tests/kit_contract/test_partitions.py compares the table.
"""

_BY_PREFIX = {
    "cn-": "aws-cn",
    "eusc-": "aws-eusc",
    "eu-isoe-": "aws-iso-e",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
}
PARTITIONS = ("aws", *_BY_PREFIX.values())


def partition_of(region: str) -> str:
    """The partition of `region`; "aws" for a Region that no other partition claims."""
    return next((partition for prefix, partition in _BY_PREFIX.items() if region.startswith(prefix)), "aws")
