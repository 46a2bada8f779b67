"""The tree of the kit's errors. The class decides what happens next; the message is for the person who can act on it.

KitError
|- InputError           what you wrote or passed cannot be used: shown without a traceback, nothing was changed
|- ExternalError        a tool, a service or the embedded AWS failed: shown without a traceback
|- ResourceFailedError  a resource cannot reach the wanted state: CloudFormation and workflows end with this message
`- RetryLaterError      the same call may succeed later: the workflow, the queue or Lambda repeats it
"""


class KitError(Exception):
    """Base of every error that the kit raises on purpose. `exit_code` is that of a command that ends with it."""

    exit_code = 1


class InputError(KitError):
    """When a file, a setting or an argument cannot be used."""

    exit_code = 2


class ExternalError(KitError):
    """When something that a command depends on does not work: a tool, a running service, a missing package."""


class ResourceFailedError(KitError):
    """When a resource cannot be brought to the wanted state."""


class RetryLaterError(KitError):
    """When the same call may succeed later."""
