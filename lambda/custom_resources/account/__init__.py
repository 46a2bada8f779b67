"""What several resources keep in the account: JSON in SSM parameters, and tags that say who owns a resource."""
