"""Where the kit's own files are, and the project whose .local folder, node_modules and cdk.json the kit uses."""

import sys
from pathlib import Path

# The repository, or the package bedrock_deployment_kit where the kit is installed.
SOURCES = Path(__file__).resolve().parents[1]
IS_INSTALLED = __name__.startswith("bedrock_deployment_kit.")
# Nothing is written beside installed sources: their folder may be read-only, and belongs to no project.
PROJECT = Path.cwd() if IS_INSTALLED else SOURCES
BIN = Path(sys.prefix) / "bin" if IS_INSTALLED else PROJECT / ".venv" / "bin"


def own_copy(shipped: Path) -> Path:
    """Where a command writes a newer version of a file that the kit ships."""
    return PROJECT / shipped.parent.name / shipped.name if IS_INSTALLED else shipped


def newest(shipped: Path) -> Path:
    """The project's copy of a file that the kit ships, if it has one."""
    return own_copy(shipped) if own_copy(shipped).is_file() else shipped
