"""Somebody else's CDK app: no deployment.toml, no feature flags, no region, and packages whose names are rooms here."""

import sys
from pathlib import Path

import aws_cdk as cdk

from stacks.shop import ShopStack  # type: ignore[import-not-found]  # its own, beside this file

app = cdk.App(outdir=sys.argv[1])
ShopStack(app, "Shop", folder=Path(__file__).parent)
app.synth()
