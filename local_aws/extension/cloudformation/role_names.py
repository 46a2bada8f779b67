"""Names of IAM roles that CloudFormation generates: unique in the account, because IAM has no Regions.

ministack derives a name from stack and logical id, so stacks of the same name in two Regions would share their roles.
AWS appends a random text: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
"""

from typing import Any

from ministack.core.responses import get_region
from ministack.services.cloudformation import provisioners


def install() -> None:
    """Make the Region a part of what the suffix of every generated name is derived from."""
    behind = provisioners._physical_name

    def physical_name(stack_name: str, logical_id: str, **options: Any) -> str:
        seed = provisioners._NAME_SEED.get()
        token = provisioners._NAME_SEED.set(f"{get_region()}{seed}")
        try:
            name: str = behind(stack_name, logical_id, **options)
        finally:
            provisioners._NAME_SEED.reset(token)
        return name

    provisioners._physical_name = physical_name
