"""The built wheel is one package with the standard pack inside, and works from any folder once installed."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# One worker builds the wheel for all of these tests.
pytestmark = pytest.mark.xdist_group("wheel")


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} ended with {done.returncode}.\n{done.stdout}{done.stderr}"
    return done.stdout


def environment():
    """Nothing of the test run's own settings reaches the installed program."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("TRELLIS_", "PYTHON"))}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The programs of an environment that holds the wheel and what it declares to need, and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--python", python]
    run(*install, wheel, cwd=folder)
    library = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    link_dependencies(Path(library))
    return folder / "bin"


def link_dependencies(library):
    """Links the packages of requirements/runtime.txt, instead of downloading them once more."""
    text = (ROOT / "requirements" / "runtime.txt").read_text()
    for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE):
        with contextlib.suppress(PackageNotFoundError):  # some are for another platform or Python
            for file in distribution(name).files or []:
                target = library / file.parts[0]
                if file.parts[0] not in ("..", "__pycache__") and not target.exists():
                    target.symlink_to(distribution(name).locate_file(file.parts[0]))


def test_the_wheel_has_one_package_on_top(wheel):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"runtime", f"trellis_crm-{version}.dist-info"}


def test_the_wheel_holds_every_committed_file_of_the_runtime_and_the_standard_pack(wheel):
    rooms = ["runtime", "templates", "schemas", "formulas", "translations", "data", "pack.yaml"]
    committed = run("git", "ls-files", "-z", "--", *rooms, cwd=ROOT).split("\0")
    expected = {
        name if name.startswith("runtime/") else f"runtime/standard/{name}"
        for name in committed
        if (ROOT / name).is_file() and not name.endswith(".gitkeep")
    }
    held = set(zipfile.ZipFile(wheel).namelist())
    assert expected - held == set()
    assert not any("__pycache__" in name for name in held)
    assert any(name.startswith("runtime/standard/templates/") for name in held)


def test_the_installed_runtime_is_the_wheels(installed, tmp_path):
    file = run(installed / "python", "-c", "import runtime; print(runtime.__file__)", cwd=tmp_path).strip()
    assert Path(file).is_relative_to(installed.parent)


def test_the_installed_command_writes_checks_and_serves_a_pack(installed, tmp_path):
    trellis = installed / "trellis"
    run(trellis, "new", "pack", cwd=tmp_path)
    run(trellis, "check", "pack", cwd=tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path / "serve.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [trellis, "serve", "pack", "--port", str(port)],
            cwd=tmp_path,
            env=environment(),
            stdout=output,
            stderr=output,
        )
    try:
        assert answers(f"http://127.0.0.1:{port}/health", server), log.read_text()
    finally:
        server.kill()
        server.wait()


def answers(url, server):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status == 200
        except OSError:
            time.sleep(0.1)
    return False
