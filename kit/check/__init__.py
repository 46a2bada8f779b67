"""Checks the templates of a CDK app with cfn-lint, the CDK's validation, cdk-nag and the kit's own rules."""
