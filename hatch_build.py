"""Compiles the native scan when the package is installed or built; without a C compiler the package is complete all the same."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class NativeBuildHook(BuildHookInterface):
    """Runs `leakscope/detection/native/build.py` and ships what it makes."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before files are gathered; a wheel with a library in it is one platform's."""
        recipe = Path(self.root) / "leakscope" / "detection" / "native" / "build.py"
        if self.target_name == "wheel" and runpy.run_path(str(recipe))["build"]():
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
            build_data["artifacts"].append("leakscope/detection/native/*.so")
