"""The lifecycle of any custom resource: request, lease, retry policy, answer."""
