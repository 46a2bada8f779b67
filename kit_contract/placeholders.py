"""Partition and region in files of a function's code, where a stack doesn't know them before its deploy.

CloudFormation resolves nothing in a file, so the file has placeholders, and the function knows where it runs.
"""

from collections.abc import Mapping

from kit_contract.environment import PARTITION

_PARTITION, _REGION = "arn:{partition}:", ":{region}:"


def placed(text: str, *, partition: str, region: str) -> str:
    """`text` with placeholders for those of the two that are given, which are tokens of the CDK."""
    text = text.replace(f"arn:{partition}:", _PARTITION) if partition else text
    return text.replace(f":{region}:", _REGION) if region else text


def located(text: str, environment: Mapping[str, str]) -> str:
    """The reverse, in Lambda, which sets AWS_REGION."""
    if _PARTITION in text:
        text = text.replace(_PARTITION, f"arn:{environment[PARTITION]}:")
    return text.replace(_REGION, f":{environment['AWS_REGION']}:") if _REGION in text else text
