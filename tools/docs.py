"""The documentation as a site: the guides, the decisions and the generated reference, in ``dist/docs``.

``python -m tools.docs`` builds it. Whatever is wrong is an error: a link that leads nowhere, a page of the
reference without a text, a warning of the builder.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.reference import PAGES, write

ROOT = Path(__file__).parent.parent
DIST = ROOT / "dist"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SETTINGS = """[project]
site_name = "Trellis"
site_description = "A low-code CRM runtime driven by schemas"
docs_dir = "docs-pages"
site_dir = "docs"
use_directory_urls = false
nav = [
{nav}]

[project.theme]
font = false
"""
GUIDES = {
    "Start": "index.md",
    "For admins": "admins.md",
    "For consultants": "consultants.md",
    "For developers": "developers.md",
    "Changes": "changelog.md",
    "What it stands on": "THIRD-PARTY.md",
}


def gather(pages: Path) -> None:
    """Put every page into one folder."""
    shutil.rmtree(pages, ignore_errors=True)
    shutil.copytree(ROOT / "docs", pages)
    readme = (
        (ROOT / "README.md")
        .read_text("utf-8")
        .replace("(docs/", "(")
        .replace("(CHANGELOG.md)", "(changelog.md)")
    )
    (pages / "index.md").write_text(readme, "utf-8")
    shutil.copy(ROOT / "CHANGELOG.md", pages / "changelog.md")
    shutil.copy(ROOT / "THIRD-PARTY.md", pages)
    shutil.copy(ROOT / "NOTICE", pages)
    write(pages / "reference")


def broken(pages: Path) -> Iterator[str]:
    """Links that lead to no page of the folder, and pages that say nothing."""
    for page in sorted(pages.rglob("*.md")):
        text = page.read_text("utf-8")
        if len(text) < 100:
            yield f"{page.relative_to(pages)} says nothing."
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        for target in LINK.findall(prose):
            path = target.partition("#")[0]
            outside = "://" in target or target.startswith("mailto:")
            if path and not outside and not (page.parent / path).resolve().exists():
                yield f"{page.relative_to(pages)} links to {target}, which is not there."


def main() -> int:
    """Build; 1 when anything is wrong."""
    pages = DIST / "docs-pages"
    gather(pages)
    wrong = list(broken(pages))
    print("\n".join(wrong), end="\n" if wrong else "")
    parts = {**GUIDES, **{name.replace("_", " ").capitalize(): f"reference/{name}.md" for name in PAGES}}
    decisions = {path.stem: f"decisions/{path.name}" for path in sorted((pages / "decisions").glob("*.md"))}
    nav = "".join(f'  {{ "{title}" = "{page}" }},\n' for title, page in (parts | decisions).items())
    (DIST / "zensical.toml").write_text(SETTINGS.replace("{nav}", nav), "utf-8")
    command = [
        Path(sys.executable).with_name("zensical"),
        "build",
        "--clean",
        "--strict",
        "-f",
        DIST / "zensical.toml",
    ]
    built = subprocess.run(list(map(str, command)), cwd=DIST, check=False)
    return 1 if wrong or built.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
