"""Whether anybody would notice: the matrix and its neighbours over worlds that are made once, probe by probe,
until the first of them tells something.

What notices must be an answer that the oracle forbids. One that is broken (an answer of 500, an error of
Python's) tells that a check was switched off clumsily, and counts for nothing.
"""

import inspect
import io
import shutil
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from starlette.testclient import TestClient

from tests.access import (
    corners,
    knocking,
    test_access_page,
    test_api_document,
    test_asked_directly,
    test_calendars,
    test_counting,
    test_guessing,
    test_hidden_links,
    test_limited_keys,
    test_narrowed_catalog,
    test_rights,
    test_told_beside,
    test_trials_of_rights,
    test_unseen_records,
    test_why,
    test_written_beside,
)
from tests.access.beside import BESIDE
from tests.access.matrix import NOBODY, PORTAL, World, build
from tests.access.mutations import ROOT, Place, places
from tests.access.office import PACK, Office, opened
from tests.support.crm import HOST, App, open_app, write_pack

Probe = Callable[[], Iterator[str]]
Around = tuple[str, str]
T = TypeVar("T")
LOOKED = ("sam", "hal", "ada", "key", "ceo", "nora")
"""Whose doors are knocked at, the narrowest first."""
EACH = 6
"""Of so many doors one is knocked at."""
LASTING = (
    "runtime/records/roles.py",
    "runtime/records/circles.py",
    "runtime/records/held_fields.py",
    "runtime/records/ways_to_records.py",
    "runtime/records/files_seen.py",
    "runtime/records/narrowing.py",
    "runtime/records/seen_catalog.py",
    "runtime/sites/",
    "runtime/storage/",
)
"""Where what was once worked out is kept: who uses it later does not come there again."""


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
    def opened(self) -> Iterator[Patient]:
        """The CRM as it was, on a copy of its database that no other one had."""
        folder = Path(tempfile.mkdtemp(dir=self.folder.parent)) / "now"
        shutil.copytree(self.folder, folder)
        with ExitStack() as stack:
            app = open_app(stack, f"sqlite:///{folder}/x.db", folder, folder / "pack")
            yield Patient(app.house, app.site, app.folder, dict(self.people))
        shutil.rmtree(folder.parent, ignore_errors=True)


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
    """The worlds, and what is asked of each. A probe is asked of the places that it comes to, which is found
    out once, with every check on.
    """

    def __init__(self, folder: Path) -> None:
        self._twins = keep(folder / "world", "", lambda crm, _: _with_twins(crm))
        self._office = keep(folder / "office", PACK, opened)
        self._strict = keep(folder / "strict", test_unseen_records.WRITTEN, opened)
        self._beside = keep(folder / "beside", BESIDE, opened)
        self._narrowed = keep(folder / "narrowed", test_narrowed_catalog.PACK, opened)
        self._linking = keep(folder / "linking", test_hidden_links.LINKING, opened)
        self._described = keep(folder / "described", test_api_document.TOOLS, opened)
        self._calendars = keep(folder / "calendars", test_calendars.PACK, opened)
        self._before: Counter[tuple[str, str]] = Counter()
        self._reached: dict[str, frozenset[Around]] = {}

    def wrongly_noticed(self) -> list[str]:
        """What is told while every check is on."""
        watched = _Watched({_around(each) for each in places()})
        found: list[str] = []
        before = sys.gettrace()
        threading.settrace(watched)  # what answers requests
        sys.settrace(watched)  # what a probe calls itself, as the worker
        try:
            for name, told in self._asked(None):
                watched.found.clear()
                found += [f"{name}: {said}"[:300] for said in told()]
                self._reached[name] = frozenset(watched.found)
        finally:
            threading.settrace(None)
            sys.settrace(before)
        return found

    def noticed(self, place: Place) -> str:
        """What is told first with a place switched off; '' when nobody tells anything."""
        if not self._reached:
            raise LookupError("ask first what is noticed while every check is on")
        for name, told in self._asked(place):
            for said in told():
                self._before[place.file, name] += 1
                return f"{name}: {said}"[:300]
        return ""

    def _asked(self, place: Place | None) -> Iterator[tuple[str, Probe]]:
        # What has noticed something of the same file is asked first.
        with self._twins.opened() as app:
            for name, probe in self._in_order(place, dict(self._of_world(app))):
                yield name, partial(_told, app, probe)
        tests: dict[str, tuple[Kept, Callable[..., None]]] = {}
        for kept, module in (
            (self._office, test_rights),
            (self._office, test_counting),
            (self._office, test_why),
            (self._office, test_limited_keys),
            (self._office, test_access_page),
            (self._office, test_trials_of_rights),
            (self._strict, test_unseen_records),
            (self._beside, test_told_beside),
            (self._beside, test_written_beside),
            (self._beside, test_asked_directly),
            (self._narrowed, test_narrowed_catalog),
            (self._linking, test_hidden_links),
            (self._described, test_api_document),
            (self._calendars, test_calendars),
        ):
            tests |= {name: (kept, each) for name, each in _tests(module)}
        for name, (kept, test) in self._in_order(place, tests):
            with kept.opened() as app:
                office = Office(app, app.program(), dict(kept.held.ids))
                yield name, partial(_told, app, partial(_failing, test, office))

    def _in_order(self, place: Place | None, every: Mapping[str, T]) -> list[tuple[str, T]]:
        if place is None:
            return list(every.items())
        lasting = place.file.startswith(LASTING)
        some = [each for each in every.items() if lasting or _around(place) in self._reached.get(each[0], ())]
        return sorted(some, key=lambda each: -self._before[place.file, each[0]])

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
        for name in ("sam", "hal"):
            yield f"links {name}", partial(_afresh, world, partial(knocking.of_links, name=name))
        for corner in corners.CORNERS:
            yield corner.__name__, partial(_afresh, world, corner)
        for name, test in _tests(test_guessing):
            yield name, partial(_afresh, world, partial(_failing_on_twins, test, twins.ids))
        for name in (NOBODY, PORTAL):
            probe = partial(knocking.of_outside, name=name, part=EACH)
            yield f"outside {name}", partial(_afresh, world, probe)
        for looking in (knocking.of_looking, knocking.of_typing, knocking.of_writing):
            for name in LOOKED:
                probe = partial(looking, name=name, part=EACH)
                yield f"{looking.__name__} {name}", partial(_afresh, world, probe)


class _Watched:
    """Notes which of some functions are called."""

    def __init__(self, wanted: set[Around]) -> None:
        self._wanted = wanted
        self.found: set[Around] = set()

    def __call__(self, frame: FrameType, _event: str, _given: object) -> None:
        """A function is called."""
        called = (frame.f_code.co_filename, frame.f_code.co_qualname)
        if called in self._wanted:
            self.found.add(called)


def _around(place: Place) -> Around:
    return str(ROOT.parent / place.file), place.around


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
        and list(inspect.signature(each).parameters) in (["office"], ["strict"], ["beside"], ["twins"])
    ]
