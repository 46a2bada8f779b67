"""Names that the pipeline's account and the accounts of its environments share."""

PIPELINE_CONTEXT = "pipeline"  # any value: the app has the stack of `kit pipeline deploy` only
DIFF, DEPLOY, SMOKE = "diff", "deploy", "smoke"


def pipeline_stack(name: str) -> str:
    """`name`: of the deployment without an environment. Deployed with `kit pipeline deploy`, never by the pipeline."""
    return f"{name}-pipeline"


def build_role(kit_deployment: str, build: str) -> str:
    """In the pipeline's account: the role of a build. The role below trusts it by its name."""
    return f"{kit_deployment}-build-{build}"


def access_role(kit_deployment: str, build: str) -> str:
    """In the environment's account: the role that the build assumes."""
    return f"{kit_deployment}-codepipeline-{build}"
