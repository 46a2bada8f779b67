"""Hatchling's hook: the wheel holds what `contents` says, from a temporary folder that is removed after the build.

https://hatch.pypa.io/latest/plugins/build-hook/custom/
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WheelContents(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            raise ValueError(
                "modules are rewritten, so there is no editable install; work in the clone with make setup"
            )
        sys.path.insert(0, self.root)
        try:
            from distribution.contents import wheel_files
        finally:
            sys.path.remove(self.root)
        self._made = tempfile.TemporaryDirectory()
        for name, content in wheel_files(Path(self.root)).items():
            path = Path(self._made.name, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for folder in Path(self._made.name).iterdir():
            build_data["force_include"][str(folder)] = folder.name

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        self._made.cleanup()
