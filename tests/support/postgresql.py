"""Runs one PostgreSQL server for a whole test run: without durability, on a socket in a folder of its own."""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "timezone": "UTC",
}


def url(folder: Path, database: str) -> str:
    """Returns the SQLAlchemy URL of a database of the server in this folder."""
    return f"postgresql+psycopg://postgres@/{database}?host={folder}"


def connect(folder: Path) -> psycopg.Connection[Any]:
    """Opens the connection that creates and drops databases."""
    return psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds a lock between the processes of a test run."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ensure_running(folder: Path, programs: Path, settings: Mapping[str, str] = SETTINGS) -> None:
    """Starts the server in this folder unless another process of the run has done so."""
    with locked(folder / "lock"):
        if not (folder / "data" / "postmaster.pid").exists():
            _start(folder, programs, settings)


def _start(folder: Path, programs: Path, settings: Mapping[str, str]) -> None:
    account: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        account |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        programs = _reachable(programs, folder, account)
    create = ["initdb", "--pgdata=data", "--username=postgres", "--auth=trust", "--encoding=UTF8"]
    _run(programs, [*create, "--locale=C.UTF-8", "--no-sync"], folder / "initdb.log", account)
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    start = [
        "pg_ctl",
        "start",
        "--wait",
        "--pgdata=data",
        "--log=server.log",
        "--options",
        f"-k {folder} {options}",
    ]
    _run(programs, start, folder / "pg_ctl.log", account)


def _reachable(programs: Path, folder: Path, account: dict[str, Any]) -> Path:
    # The packaged programs may lie in a home folder that only its owner enters: then the account gets a copy.
    try:
        subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, **account)
    except (OSError, subprocess.CalledProcessError):
        package, copy = programs.parents[1], folder / "programs"
        for part in (
            package,
            package.with_name(f"{package.name}.libs"),
        ):  # the wheel's own libraries lie beside it
            if part.exists():
                shutil.copytree(part, copy / part.name, symlinks=True, dirs_exist_ok=True)
        return copy / programs.relative_to(package.parent)
    return programs


def _run(programs: Path, command: list[str], log: Path, account: dict[str, Any]) -> None:
    with log.open("w") as output:  # a file, for the server would keep a pipe open
        code = subprocess.run(
            [programs / command[0], *command[1:]], stdout=output, stderr=output, check=False, **account
        ).returncode
    if code != 0:
        server_log = folder_log.read_text() if (folder_log := log.with_name("server.log")).exists() else ""
        raise RuntimeError(f"PostgreSQL's {command[0]} ended with {code}.\n{log.read_text()}{server_log}")


def stop(folder: Path) -> None:
    """Stops the server of this folder, if it runs, and removes the folder."""
    pid_file = folder / "data" / "postmaster.pid"
    if pid_file.exists():
        os.kill(
            int(pid_file.read_text().split()[0]), signal.SIGINT
        )  # a fast shutdown: open sessions are ended
        deadline = time.monotonic() + 20
        while pid_file.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
    shutil.rmtree(folder, ignore_errors=True)
