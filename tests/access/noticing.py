"""Whether anybody would notice: the matrix and its neighbours over worlds that are made once, probe by probe,
until the first of them tells something.

What notices must be an answer that the oracle forbids. One that is broken (an answer of 500, an error of
Python's) tells that a check was switched off clumsily, and counts for nothing.
"""

import inspect
import io
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from tests.access import (
    corners,
    knocking,
    test_counting,
    test_guessing,
    test_limited_keys,
    test_rights,
    test_unseen_records,
    test_why,
)
from tests.access.matrix import World, build
from tests.access.office import PACK, Office, opened
from tests.support.crm import HOST, App, open_app, write_pack

Probe = Callable[[], Iterator[str]]
LOOKED = ("sam", "hal", "ada", "key", "sue", "ceo", "nora", "anonymous")
"""Whose doors are knocked at, the narrowest first."""
EACH = 4
"""Of so many doors one is knocked at."""


@dataclass
class Patient(App):
    """A CRM that goes on where something in it breaks, and notes that it did."""

    broken: list[int] = field(default_factory=list)

    def client(self) -> TestClient:
        """A client that gives an answer of 500 as it came."""
        made = TestClient(self.house.application(self.site), base_url=HOST, raise_server_exceptions=False)
        made.event_hooks = {"response": [self._note]}
        return made

    def _note(self, answer: Any) -> None:
        if answer.status_code >= 500:
            self.broken.append(answer.status_code)


@dataclass(frozen=True)
class Kept:
    """A CRM that was filled and closed, to be opened again from a copy as often as one likes."""

    folder: Path
    held: Any
    people: Mapping[str, int]

    @contextmanager
    def opened(self, folder: Path) -> Iterator[Patient]:
        """The CRM as it was, on a copy of its database."""
        shutil.copytree(self.folder, folder)
        with ExitStack() as stack:
            app = open_app(stack, f"sqlite:///{folder}/x.db", folder, folder / "pack")
            yield Patient(app.house, app.site, app.folder, dict(self.people))
        shutil.rmtree(folder, ignore_errors=True)


def keep(folder: Path, pack: str, fill: Callable[[Callable[..., App], str], Any]) -> Kept:
    """Fill a CRM of a pack in a folder, and close it."""
    made: list[App] = []
    with ExitStack() as stack:

        def crm(text: str) -> App:
            files = write_pack(folder / "pack", text)
            made.append(open_app(stack, f"sqlite:///{folder}/x.db", folder, files))
            return made[0]

        held = fill(crm, pack)
    return Kept(folder, held, made[0]._people)


class Noticing:
    """The worlds, and what is asked of each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._twins = keep(folder / "world", "", lambda crm, _: _with_twins(crm))
        self._office = keep(folder / "office", PACK, opened)
        self._strict = keep(folder / "strict", test_unseen_records.WRITTEN, opened)
        self._before: Counter[tuple[str, str]] = Counter()

    def noticed(self, file: str = "") -> str:
        """What is told first; '' when nobody tells anything. What has told of a ``file`` before is asked
        first.
        """
        for world in (self._in_world, self._in_offices):
            for name, said in world(file):
                self._before[file, name] += 1
                return f"{name}: {said}"[:300]
        return ""

    def _in_world(self, file: str) -> Iterator[tuple[str, str]]:
        with self._twins.opened(self._folder / "now") as app:
            probes = dict(self._of_world(app))
            for name in sorted(probes, key=lambda each: -self._before[file, each]):
                for said in _told(app, probes[name]):
                    yield name, said

    def _in_offices(self, file: str) -> Iterator[tuple[str, str]]:
        tests: dict[str, tuple[Kept, Callable[..., None]]] = {}
        for kept, module in (
            (self._office, test_rights),
            (self._office, test_counting),
            (self._office, test_why),
            (self._office, test_limited_keys),
            (self._strict, test_unseen_records),
        ):
            tests |= {name: (kept, each) for name, each in _tests(module)}
        for name in sorted(tests, key=lambda each: -self._before[file, each]):
            kept, test = tests[name]
            with kept.opened(self._folder / "now") as app:
                office = Office(app, app.program(), dict(kept.held.ids))
                for said in _told(app, partial(_failing, test, office)):
                    yield name, said

    def _of_world(self, app: Patient) -> Iterator[tuple[str, Probe]]:
        twins, before = self._twins.held, self._twins.held.world
        world = World(
            app,
            app.program(),
            before.oracle,
            dict(before.people),
            list(before.items),
            {token: list(places) for token, places in before.canaries.items()},
        )
        for corner in corners.CORNERS:
            yield corner.__name__, partial(_afresh, world, corner)
        for name in ("sam", "hal"):
            yield f"links {name}", partial(_afresh, world, partial(knocking.of_links, name=name))
        for name, test in _tests(test_guessing):
            yield name, partial(_afresh, world, partial(_failing_on_twins, test, twins.ids))
        for looking in (knocking.of_looking, knocking.of_typing, knocking.of_writing):
            for name in LOOKED:
                probe = partial(looking, name=name, part=EACH)
                yield f"{looking.__name__} {name}", partial(_afresh, world, probe)


def _told(app: Patient, probe: Probe) -> Iterator[str]:
    # What a probe tells, but for what it tells of an answer that was broken.
    app.broken.clear()
    try:
        with redirect_stdout(io.StringIO()):
            for said in probe():
                if not app.broken:
                    yield said
                app.broken.clear()
    except Exception:  # noqa: BLE001 - an error is no answer, whatever it is
        return


def _afresh(world: World, probe: Callable[[World], Iterator[str]]) -> Iterator[str]:
    # Over the world as it was made: at what a probe adds, the next one does not knock.
    items = list(world.items)
    yield from probe(world)
    world.items[:] = items


def _failing(test: Callable[..., None], *given: Any) -> Iterator[str]:
    try:
        test(*given)
    except AssertionError as error:
        yield (str(error).strip() or "it does not hold").splitlines()[0]


def _failing_on_twins(test: Callable[..., None], ids: list[int], world: World) -> Iterator[str]:
    return _failing(test, (world, ids))


@dataclass(frozen=True)
class _Twins:
    world: World
    ids: list[int]


def _with_twins(crm: Callable[..., App]) -> _Twins:
    world = build(crm)
    items = list(world.items)
    ids = test_guessing.make_twins(world)
    world.items[:] = items
    return _Twins(world, ids)


def _tests(module: Any) -> list[tuple[str, Callable[..., None]]]:
    named = inspect.getmembers(module, inspect.isfunction)
    return [
        (name, each)
        for name, each in named
        if name.startswith("test_")
        and each.__module__ == module.__name__
        and list(inspect.signature(each).parameters) in (["office"], ["strict"], ["twins"])
    ]
