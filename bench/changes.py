"""What changes of a configuration cost: each by ``trellis apply``, and back by ``trellis rollback``.

Beside each is the bare SQL that does the same, by turns, on the standard pack with 100,000 potentials.

The goal is three times the bare SQL and two seconds more, in which the program starts and reads the pack
twice. Where nothing has to be done to the data the bare SQL counts as nothing. With ``--lists`` the CRM is
served meanwhile, and what is measured is how long its lists take.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from bench import data, databases, servers, site
from bench.client import Client
from runtime.sites.people import add_user
from runtime.sites.site import Site
from runtime.storage.database import Database

TIMES, MORE = 3, 2.0
"""The goal: so many times the bare SQL, and so many seconds more."""
LISTS_MS = 300
PACK = (
    "title: Changes\nversion: 1.0.0\nrequires: {standard: '>=1'}\ncurrency: EUR\ntimezone: Europe/Helsinki\n"
)
SEGMENTS = ("Retail trade", "Industry", "Public sector", "Health care", "Education", "Other")
PICKLIST = "values:\n" + "".join(f"  v{place}: {{label: {each}}}\n" for place, each in enumerate(SEGMENTS))
FIELDS = {
    "segment": "{type: text}",
    "person": "{type: text}",
    "region": "{type: text}",
    "remark": "{type: text}",
}
STAGES = ("prospecting", "qualified", "proposal", "negotiation", "won")


@dataclass(frozen=True, slots=True)
class Case:
    """A change: the fields of after, and the bare SQL that does it and undoes it."""

    name: str
    fields: dict[str, str]
    bare: tuple[str, ...]
    back: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """What one way took, in seconds."""

    name: str
    bare: float
    took: float

    @property
    def most(self) -> float:
        """What it may take."""
        return TIMES * self.bare + MORE

    def __str__(self) -> str:
        mark = "" if self.took <= self.most else "  MISSED"
        return f"  {self.name:34}{self.bare:9.2f} s{self.took:9.2f} s{self.most:9.2f} s{mark}"


def cases(engine: str) -> Iterator[Case]:
    """The changes."""
    first, rest = _halves(engine)
    chosen = "CASE segment " + "".join(f"WHEN '{each}' THEN 'v{n}' " for n, each in enumerate(SEGMENTS))
    yield Case(
        "add a field",
        {**FIELDS, "extra": "{type: text}"},
        ("ALTER TABLE potentials ADD COLUMN extra text",),
    )
    yield Case(
        "rename a field",
        {**_without("remark"), "comment": "{type: text, was: remark}"},
        ("ALTER TABLE potentials RENAME COLUMN remark TO comment",),
        ("ALTER TABLE potentials RENAME COLUMN comment TO remark",),
    )
    yield Case(
        "a text becomes a picklist",
        {**FIELDS, "segment": "{type: picklist, picklist: segment}"},
        ("ALTER TABLE potentials ADD COLUMN bare text", f"UPDATE potentials SET bare = {chosen}END"),
    )
    yield Case(
        "split a name",
        {
            **_without("person"),
            "first_name": "{type: text, split: person, convert: \"=before(person, ' ')\"}",
            "last_name": "{type: text, split: person, convert: \"=after(person, ' ')\"}",
        },
        (
            "ALTER TABLE potentials ADD COLUMN bare_first text",
            "ALTER TABLE potentials ADD COLUMN bare_last text",
            f"UPDATE potentials SET bare_first = {first}, bare_last = {rest}",
        ),
    )
    yield Case(
        "make a field required",
        {**FIELDS, "region": "{type: text, required: true, fill: =upper(name)}"},
        ("UPDATE potentials SET region = upper(name) WHERE region IS NULL",),
        ("UPDATE potentials SET region = NULL WHERE region = upper(name)",),
    )
    yield Case("drop a field", _without("remark"), ())


def _halves(engine: str) -> tuple[str, str]:
    if engine == "sqlite":
        at = "instr(person, ' ')"
        return f"substr(person, 1, {at} - 1)", f"substr(person, {at} + 1)"
    return "split_part(person, ' ', 1)", "substr(person, strpos(person, ' ') + 1)"


def _without(key: str) -> dict[str, str]:
    return {name: written for name, written in FIELDS.items() if name != key}


def main() -> int:
    """Measure, print, and say by the exit status whether every goal is kept."""
    arguments = _arguments()
    kept = True
    for engine in arguments.engine or databases.ENGINES:
        print(f"{engine}: {arguments.records:,} potentials", flush=True)
        if not arguments.lists:
            print(f"  {'':34}{'bare SQL':>11}{'Trellis':>11}{'at most':>11}", flush=True)
        with Bench.of(engine, arguments.records) as bench:
            for case in cases(engine):
                if arguments.only and arguments.only not in case.name:
                    continue
                if arguments.lists:
                    kept &= bench.lists(case)
                    continue
                for line in bench.measured(case, arguments.rounds):
                    print(line, flush=True)
                    kept &= line.took <= line.most
    return 0 if kept else 1


class Bench:
    """A filled database of which every measurement gets a copy, and the pack."""

    def __init__(self, filled: str, folder: Path) -> None:
        self._filled = filled
        self._folder = folder
        self._pack = folder / "pack"

    @classmethod
    @contextmanager
    def of(cls, engine: str, records: int) -> Iterator["Bench"]:
        """A bench on an engine, with so many potentials."""
        with tempfile.TemporaryDirectory(prefix="trellis-bench-") as name, databases.fresh(engine) as url:
            bench = cls(url, Path(name))
            bench.write(FIELDS)
            with site.opened(url, bench._pack) as opened:
                fill(opened, records)
            yield bench

    def write(self, fields: dict[str, str]) -> None:
        """The pack with these fields of potentials."""
        for path, written in (
            ("pack.yaml", PACK),
            ("schemas/picklists/segment.yaml", PICKLIST),
            (
                "schemas/modules/potentials.yaml",
                "fields:\n" + "".join(f"  {key}: {each}\n" for key, each in fields.items()),
            ),
        ):
            file = self._pack / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(written, "utf-8")

    def measured(self, case: Case, rounds: int) -> Iterator[Line]:
        """The change, and the way back: the least of some rounds of each side, by turns."""
        bare: list[tuple[float, float]] = []
        ours: list[tuple[float, float]] = []
        for _ in range(rounds):
            with databases.copy(self._filled) as url:
                bare.append((_bare(url, case.bare), _bare(url, case.back)))
            with databases.copy(self._filled) as url:
                ours.append((_timed(lambda: self.apply(url, case)), _timed(lambda: self.back(url))))
        for place, name in enumerate((case.name, "  and back")):
            yield Line(name, min(each[place] for each in bare), min(each[place] for each in ours))

    def lists(self, case: Case) -> bool:
        """How long lists take while the change and the way back go on; whether that is within the goal."""
        within = True
        with databases.copy(self._filled) as url, self._served(url) as ask:
            ways = ((case.name, lambda: self.apply(url, case)), ("  and back", lambda: self.back(url)))
            for name, way in ways:
                times = sorted(_while(way, ask))
                p95 = times[int(len(times) * 0.95)]
                mark = "" if p95 <= LISTS_MS else "  MISSED"
                said = f"{len(times)} lists, half under {statistics.median(times):.0f} ms"
                print(f"  {name:34} {said}, p95 {p95:.0f} ms, slowest {times[-1]:.0f} ms{mark}", flush=True)
                within &= p95 <= LISTS_MS
        return within

    def apply(self, url: str, case: Case) -> None:
        """The change, as somebody would make it."""
        self.write(case.fields)
        _trellis(url, "apply", self._pack, "--yes", "--accept-lossy")

    def back(self, url: str) -> None:
        """The way back."""
        _trellis(url, "rollback", "1", "--yes", "--accept-lossy")

    @contextmanager
    def _served(self, url: str) -> Iterator[Callable[[], float]]:
        with site.opened(url) as opened:
            cookie = site.signed_in(opened)
        port = servers.free_port()
        command = [sys.executable, "-m", "runtime", "serve", "--port", str(port)]
        with servers.running(command, port, "/login", TRELLIS_DATABASE=url):
            client = Client(port, {"Cookie": cookie})

            def ask() -> float:
                answer = client.get("/app/potentials")
                if answer.status != 200:
                    raise RuntimeError(f"The list answered {answer.status}.")
                return answer.took

            yield ask
            client.close()


def fill(opened: Site, records: int) -> None:
    """Potentials of a hundredth as many accounts, with a segment, a person and a remark, and no region."""
    owners = [add_user(opened, email, email.split("@")[0].title(), None) for email in data.OWNERS]
    accounts = ({"name": each["name"]} for each in data.accounts(max(1, records // 100)))
    ids = site.write(opened, "accounts", accounts, owners)
    site.write(opened, "potentials", potentials(records, ids), owners)
    opened.database.optimize()


def potentials(count: int, accounts: Sequence[int]) -> Iterator[data.Values]:
    """Potentials, like the yardstick's deals."""
    for place, deal in enumerate(data.deals(count, accounts)):
        pick = random.Random(f"potential/{place}")
        shared = ("name", "account", "amount", "close_date", "next_step", "description")
        yield {
            **{key: deal[key] for key in shared},
            "stage": pick.choice(STAGES),
            "probability": deal["probability"],
            "segment": pick.choice(SEGMENTS),
            "person": f"{pick.choice(data.PEOPLE).title()} {pick.choice(data.ADJECTIVES)}son {place}",
            "remark": f"Remark {place}",
        }


def _trellis(url: str, *arguments: str | Path) -> None:
    command = [sys.executable, "-m", "runtime", *map(str, arguments)]
    environment = {**os.environ, "TRELLIS_DATABASE": url}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installation has its bytecode
    done = subprocess.run(
        command, env=environment, cwd=servers.ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(
            f"trellis {arguments[0]} ended with {done.returncode}.\n{done.stdout}{done.stderr}"
        )


def _bare(url: str, statements: Sequence[str]) -> float:
    if not statements:
        return 0.0
    database = Database.open(url)
    try:

        def run() -> None:
            with database.write() as tx:
                for each in statements:
                    tx.connection.execute(text(each))

        return _timed(run)
    finally:
        database.close()


def _while(work: Callable[[], object], ask: Callable[[], float]) -> list[float]:
    """How long each answer takes while something is done, in milliseconds."""
    ask()
    thread = threading.Thread(target=work)
    thread.start()
    times = []
    while thread.is_alive():
        times.append(ask())
        time.sleep(0.02)
    thread.join()
    return times


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.changes", description=__doc__)
    parser.add_argument("--engine", action="append", choices=databases.ENGINES, help="only this database")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=2, help="the least of so many counts (2)")
    parser.add_argument("--only", help="only the changes whose name has this")
    parser.add_argument("--lists", action="store_true", help="how long lists take meanwhile")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
