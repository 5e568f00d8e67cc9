"""Sessions in the documentation: a chapter's files are written, its commands run, what they print compared.

In a chapter a block of YAML whose first line is ``# path`` is a file, and a block ``console`` has commands
behind ``$`` with what they print. Rewrite the outputs of a chapter with:

    python -m tests.support.session docs/consultants.md "Shipping a change"
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(yaml|console)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (\S+/\S+)\n")
VARYING = (
    (re.compile(r"\d{4}-\d\d-\d\d( at)? \d\d:\d\d"), "2026-03-04\\1 12:00"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "0123456789ab"),
    (re.compile(r"\S+ \(command line\)"), "ada (command line)"),
)
"""What is another one each time, and how it reads in the documentation."""


def chapter(page: str, title: str) -> str:
    """The text of a chapter, from its heading to the next one."""
    found = re.search(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found is not None, f"there is no chapter {title}"
    return found[0]


def played(text: str, folder: Path) -> str:
    """The chapter with what its commands print when they are run in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def play(block: re.Match[str]) -> str:
        kind, content = block[1], block[2]
        if kind == "yaml":
            _write(folder, content)
            return block[0]
        return f"```console\n{chr(10).join(_run(content, folder, environment))}\n```\n"

    return BLOCK.sub(play, text)


def _write(folder: Path, content: str) -> None:
    if name := FILE.match(content):
        file = folder / name[1]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content[name.end() :], encoding="utf-8")


def _run(content: str, folder: Path, environment: dict[str, str]) -> Iterator[str]:
    for line in content.splitlines():
        if not line.startswith("$ "):
            continue
        yield line
        command = line.removeprefix("$ ")
        if command.startswith("export "):
            name, _, value = command.removeprefix("export ").partition("=")
            environment[name] = value
            continue
        program = command.replace("trellis ", f"{sys.executable} -m runtime ", 1)
        ran = subprocess.run(
            program, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        printed = ran.stdout + ran.stderr
        for pattern, constant in VARYING:
            printed = pattern.sub(constant, printed)
        yield from printed.rstrip("\n").split("\n")


if __name__ == "__main__":
    page, title = Path(sys.argv[1]), sys.argv[2]
    whole = page.read_text(encoding="utf-8")
    old = chapter(whole, title)
    with tempfile.TemporaryDirectory() as place:
        page.write_text(whole.replace(old, played(old, Path(place))), encoding="utf-8")
