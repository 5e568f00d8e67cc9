"""PostgreSQL's own programs (`pg_dump`, `pg_restore`, `psql`): found, and run without a password in sight."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy.engine import make_url

from runtime.storage.errors import UnavailableError

INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian and Ubuntu keep the programs of each version."""
NEEDED = ("pg_dump", "pg_restore", "psql")


class Clients:
    """The programs of one folder, for one database."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder = folder
        url = make_url(address)
        plain = url.set(drivername="postgresql", password=None)
        self._address = plain.render_as_string(hide_password=False)
        password = {"PGPASSWORD": str(url.password)} if url.password else {}
        self._environment = {**os.environ, **password, "LC_ALL": "C"}

    def run(self, program: str, *words: str) -> None:
        """Run a program to its end. Raises :class:`UnavailableError` with what it complained of."""
        with self.reading(program, *words) as output:
            while output.read(1 << 20):
                pass

    def to_database(self) -> tuple[str, str]:
        """The option that names the database."""
        return ("--dbname", self._address)

    @contextmanager
    def reading(self, program: str, *words: str) -> Iterator[IO[bytes]]:
        """What a program writes, while it writes it; it must end well."""
        process = self._start(program, words, stdin=subprocess.DEVNULL)
        assert process.stdout is not None
        try:
            yield process.stdout
        except BaseException:
            process.kill()
            process.communicate()
            raise
        self._end(program, process)

    def feed(self, program: str, *words: str, beginning: str, rest: IO[bytes]) -> None:
        """Give a program a text, and then what another one writes."""
        process = self._start(program, words, stdin=subprocess.PIPE)
        assert process.stdin is not None
        try:
            process.stdin.write(beginning.encode())
            shutil.copyfileobj(rest, process.stdin, 1 << 20)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it has complained, and ended: what it says is told below
        except BaseException:
            process.kill()  # before it commits what is only a part
            process.communicate()
            raise
        process.stdin = None
        self._end(program, process)

    def _start(self, program: str, words: tuple[str, ...], stdin: int) -> "subprocess.Popen[bytes]":
        try:
            return subprocess.Popen(
                [self._folder / program, *words],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment,
            )
        except OSError as error:
            raise UnavailableError(f"{program} cannot be run: {error.strerror}.") from error

    def _end(self, program: str, process: "subprocess.Popen[bytes]") -> None:
        _, complaint = process.communicate()
        if process.returncode:
            said = complaint.decode("utf-8", "replace").strip()[-600:]
            raise UnavailableError(f"{program} ended with {process.returncode}: {said}")


def find_clients(folder: Path | None, server: int, address: str, env: Mapping[str, str]) -> Clients:
    """The programs, of the server's version or a later one: in a folder that was asked for, else in PATH and
    where they are installed. Raises :class:`UnavailableError` that says which are missing.
    """
    places = [folder] if folder is not None else list(_places(env.get("PATH", os.defpath)))
    found: list[str] = []
    for place in places:
        version = _version(place)
        if version is not None and version >= server:
            return Clients(place, address)
        if version is not None:
            found.append(f"{place} has {version}")
    where = f"in {folder}" if folder is not None else "in PATH"
    had = f" ({'; '.join(found)})" if found else ""
    raise UnavailableError(
        f"pg_dump, pg_restore and psql of PostgreSQL {server} or later are needed, and are not {where}{had}:"
        f" install postgresql-client-{server}, or name their folder in TRELLIS_POSTGRESQL_PROGRAMS."
    )


def _places(path: str) -> Iterator[Path]:
    seen: set[Path] = set()
    installed = sorted(INSTALLED.glob("*/bin"), reverse=True)
    for place in [*(Path(part) for part in path.split(os.pathsep) if part), *installed]:
        if place not in seen and all((place / name).is_file() for name in NEEDED):
            seen.add(place)
            yield place


def _version(place: Path) -> int | None:
    try:
        said = subprocess.run([place / "pg_dump", "--version"], capture_output=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(rb"(\d+)", said.stdout)
    return int(number[1]) if number else None
