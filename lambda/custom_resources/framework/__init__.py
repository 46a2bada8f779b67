"""What every custom resource needs: the request, its lease, the retry policy, the lifecycle and the answer."""
