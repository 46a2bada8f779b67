"""`kit pipeline`: one module of this package per action."""

import argparse

from kit.deployment_arguments import add_file_arguments
from kit.parser import add_actions

ACTIONS = {
    "access": "deploy who may deploy from CI: the OIDC provider and the roles; for an administrator, by hand",
    "workflows": "write the workflow files of GitHub Actions or GitLab CI",
    "smoke": "ask each alias and each knowledge base of a deployment one question",
    "deploy": "deploy [pipeline.codepipeline] to the pipeline's account; for an administrator, by hand",
    "synth": "in a pipeline: write the cloud assembly of an environment, without credentials",
    "gate": "in a pipeline: stop before what it may not do, and say what an approval and the deploy need",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_file_arguments(parser)
    add_actions(parser, "kit.pipeline", ACTIONS)
