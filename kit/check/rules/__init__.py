"""The kit's own rules: what cfn-lint and cdk-nag do not look for."""
