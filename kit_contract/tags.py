"""Tags that tell whose a resource is: stacks carry them, and Bedrock resources that functions create at run time."""

DEPLOYMENT_TAG = "bedrock-kit:deployment"
ALIAS_TAG = "bedrock-kit:alias"
# Of a candidate: the execution that uses it, and deletes it.
EXECUTION_TAG = "bedrock-kit:execution"
# <stack>/<logical id>: a resource that moves to another logical id must not be deleted by the old one's Delete.
RESOURCE_TAG = "bedrock-kit:resource"


def resource_tag_key(tag: str) -> str:
    """The IAM condition key for `tag` of the resource that is acted on."""
    return f"aws:ResourceTag/{tag}"


def request_tag_key(tag: str) -> str:
    """The IAM condition key for `tag` in a request that creates or tags a resource."""
    return f"aws:RequestTag/{tag}"
