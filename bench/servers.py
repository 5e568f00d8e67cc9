"""Servers to measure, each in a process of its own, and what their memory weighs."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench.client import Client

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0
"""Seconds until a server must answer."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[str | Path], port: int, path: str, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A server's process, once it answers on ``path``."""
    process = subprocess.Popen(
        list(map(str, command)), env={**os.environ, **environment}, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        wait(process, port, path)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def wait(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    """Wait until the server answers, however."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended with {process.returncode}.")
        try:
            client = Client(port)
        except ConnectionError:
            time.sleep(0.005)
            continue
        client.get(path)
        client.close()
        return
    raise TimeoutError(f"The server on port {port} did not answer within {PATIENCE:g} seconds.")


def trellis(pack: Path, port: int) -> list[str | Path]:
    """The command that serves a pack."""
    return [Path(sys.executable).with_name("trellis"), "serve", pack, "--port", str(port)]


def floor(port: int) -> list[str | Path]:
    """The command that serves the page written by hand."""
    address = ["--host", "127.0.0.1", "--port", str(port)]
    return [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "bench.floor:application",
        "--log-level",
        "warning",
        *address,
    ]


def django(port: int) -> list[str | Path]:
    """The command that serves the peer."""
    address = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "8", "--keep-alive", "60"]
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "bench.django_peer:application",
        "--log-level",
        "error",
        *address,
    ]


def memory(process: subprocess.Popen[bytes], *, workers: bool = False) -> float:
    """What a server's process weighs in MiB, pages shared with others by their share (PSS); or what the
    ``workers`` weigh that it has started.
    """
    own = psutil.Process(process.pid)
    weighed = own.children(recursive=True) if workers else [own]
    return float(sum(each.memory_full_info().pss for each in weighed)) / 2**20


def processor(process: subprocess.Popen[bytes]) -> float:
    """Seconds of processor time that a process has spent."""
    times = psutil.Process(process.pid).cpu_times()
    return float(times.user + times.system)
