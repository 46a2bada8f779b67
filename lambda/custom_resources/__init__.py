"""Lifecycles of what CloudFormation has no type for, behind the CDK provider framework."""
