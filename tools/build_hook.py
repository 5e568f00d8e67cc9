"""Puts the standard pack and the screens' templates into the wheel, under runtime/standard/."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STANDARD = ("templates", "schemas", "formulas", "translations", "data", "pack.yaml")


class StandardPack(BuildHookInterface[Any]):
    """Hatchling calls it before it writes a wheel; a clone that is installed in place needs no mapping."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Maps what there is of the root's folders; a pack need not have them all."""
        if version == "standard":
            present = (name for name in STANDARD if Path(self.root, name).exists())
            build_data["force_include"] |= {name: f"runtime/standard/{name}" for name in present}
            # The program's own tests lie beside the pack's.
            suites = (path.relative_to(self.root) for path in sorted(Path(self.root, "tests").glob("*.yaml")))
            build_data["force_include"] |= {str(path): f"runtime/standard/{path}" for path in suites}
