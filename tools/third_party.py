"""The list of what Trellis stands on: every package that it installs, and every file that its pages load.

``python -m tools.third_party`` writes ``THIRD-PARTY.md`` from the locked requirements and from what the
packages say of themselves.
"""

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LIST = ROOT / "THIRD-PARTY.md"
NOTICE = ROOT / "runtime" / "web" / "static" / "NOTICE"
HEAD = """# What Trellis stands on

Each keeps its own licence. `make lock` writes this list from `requirements/runtime.txt`.

## Python packages

| package | version | licence |
| --- | --- | --- |
"""
UNTOLD = {"huey": "MIT"}
"""What a package does not say of itself, read on its page."""
LICENCES = (("MIT", "MIT"), ("BSD", "BSD"), ("Apache", "Apache-2.0"), ("LGPL", "LGPL"), ("MPL", "MPL-2.0"))


def locked() -> dict[str, str]:
    """The packages that an installation brings, with their versions."""
    text = (ROOT / "requirements" / "runtime.txt").read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\\n]+)", text, flags=re.MULTILINE))


def licence(package: str) -> str:
    """The licence that an installed package names; a package for other machines is not there to ask."""
    try:
        said: Any = metadata(package)
    except PackageNotFoundError:
        return "see its page"
    named = said.get("License-Expression") or UNTOLD.get(package)
    if named:
        return str(named)
    classified = [
        line.rpartition(" :: ")[2] for line in said.get_all("Classifier", []) if "License ::" in line
    ]
    text = ", ".join(classified) or str(said.get("License") or "")
    return text if len(text) < 80 else next((name for key, name in LICENCES if key in text), "see its page")


def written(known: dict[str, str]) -> str:
    """The list, with the licences already ``known`` of packages that are not installed here."""
    rows = []
    for package, version in sorted(locked().items()):
        found = licence(package)
        rows.append(
            f"| {package} | {version} | {known.get(package, found) if found == 'see its page' else found} |"
        )
    assets = NOTICE.read_text("utf-8").rstrip()
    return f"{HEAD}{chr(10).join(rows)}\n\n## What the pages load\n\n```text\n{assets}\n```\n"


def main() -> int:
    """Write the list."""
    old = LIST.read_text("utf-8") if LIST.exists() else ""
    known = dict(re.findall(r"^\| ([a-z0-9._-]+) \| [^|]+ \| ([^|]+) \|$", old, flags=re.MULTILINE))
    LIST.write_text(written(known), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
