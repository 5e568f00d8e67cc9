"""Whether anybody would notice: the matrix and its neighbours over a world that is made once, one by one,
until the first of them fails.
"""

import inspect
import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.access import (
    corners,
    test_counting,
    test_guessing,
    test_matrix,
    test_rights,
    test_unseen_records,
    test_why,
)
from tests.access.matrix import World, build
from tests.access.office import PACK, Office, opened
from tests.support.crm import App, open_app, write_pack

Probe = Callable[[], None]
LOOKED = ("sam", "hal", "ada", "sue", "ceo", "nora", "anonymous")
"""Whose doors are knocked at, the narrowest first."""


@dataclass(frozen=True)
class Kept:
    """A CRM that was filled and closed, to be opened again from a copy as often as one likes."""

    folder: Path
    held: Any

    @contextmanager
    def opened(self, folder: Path) -> Iterator[App]:
        """The CRM as it was, on a copy of its database."""
        shutil.copytree(self.folder, folder)
        before: App = self.held.app
        with ExitStack() as stack:
            app = open_app(stack, f"sqlite:///{folder}/x.db", folder, folder / "pack")
            app._people.update(before._people)
            yield app
        shutil.rmtree(folder, ignore_errors=True)


def keep(folder: Path, pack: str, fill: Callable[[Callable[..., App], str], Any]) -> Kept:
    """Fill a CRM of a pack in a folder, and close it."""
    with ExitStack() as stack:

        def crm(text: str) -> App:
            files = write_pack(folder / "pack", text)
            return open_app(stack, f"sqlite:///{folder}/x.db", folder, files)

        held = fill(crm, pack)
    return Kept(folder, held)


class Noticing:
    """The worlds, and what is asked of each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._part = 4
        self._twins = keep(folder / "world", "", lambda crm, _: _with_twins(crm))
        self._office = keep(folder / "office", PACK, opened)
        self._strict = keep(folder / "strict", test_unseen_records.WRITTEN, opened)

    def noticed(self) -> str:
        """What fails first; '' when nobody notices anything."""
        for number, (kept, probes) in enumerate(
            (
                (self._twins, self._of_world),
                (self._office, self._of_office),
                (self._strict, self._of_strict),
            )
        ):
            try:
                with kept.opened(self._folder / f"now-{number}") as app:
                    for name, probe in probes(kept, app):
                        said = _failed(name, probe)
                        if said:
                            return said
            except Exception as error:  # noqa: BLE001 - a CRM that does not even open is noticed, too
                return f"opening: {type(error).__name__} {error}"[:160]
        return ""

    def _of_world(self, kept: Kept, app: App) -> Iterator[tuple[str, Probe]]:
        twins = kept.held
        before: World = twins.world
        world = World(
            app,
            app.program(),
            before.oracle,
            dict(before.people),
            list(before.items),
            {token: list(places) for token, places in before.canaries.items()},
        )
        whole = list(world.items)
        for corner in corners.CORNERS:
            yield corner.__name__, partial(_nothing, corner, world)
            world.items[:] = whole
        for name, test in _tests(test_guessing):
            yield name, partial(test, (world, twins.ids))
            world.items[:] = whole
        world.items[:] = whole[: twins.first]
        link = test_matrix.test_a_link_to_what_one_may_not_read_shows_neither_its_id_nor_its_title
        yield link.__name__, lambda: link(world)
        for look in (
            test_matrix.look_everywhere,
            test_matrix.write_everything,
            test_matrix.type_everywhere,
        ):
            for name in LOOKED:
                yield f"{look.__name__} {name}", partial(look, world, name, self._part)

    def _of_office(self, kept: Kept, app: App) -> Iterator[tuple[str, Probe]]:
        before: Office = kept.held
        for module in (test_rights, test_counting, test_why):
            for name, test in _tests(module):
                if list(inspect.signature(test).parameters) == ["office"]:
                    yield name, partial(test, Office(app, app.program(), dict(before.ids)))
                    _empty(app)

    def _of_strict(self, kept: Kept, app: App) -> Iterator[tuple[str, Probe]]:
        before: Office = kept.held
        for name, test in _tests(test_unseen_records):
            yield name, partial(test, Office(app, app.program(), dict(before.ids)))
            _empty(app)


def _empty(app: App) -> None:
    # Each test of an office begins without records.
    admin = app.program()
    for module in ("deals", "accounts"):
        for each in admin("GET", f"/{module}?limit=200").json()["data"]:
            admin("DELETE", f"/{module}/{each['id']}")


@dataclass(frozen=True)
class _Twins:
    app: App
    world: World
    ids: list[int]
    first: int


def _with_twins(crm: Callable[..., App]) -> _Twins:
    world = build(crm)
    first = len(world.items)
    ids = test_guessing.make_twins(world)
    return _Twins(world.app, world, ids, first)


def _tests(module: Any) -> list[tuple[str, Callable[..., None]]]:
    named = inspect.getmembers(module, inspect.isfunction)
    return [
        (name, each)
        for name, each in named
        if name.startswith("test_") and each.__module__ == module.__name__
    ]


def _nothing(corner: corners.Corner, world: World) -> None:
    assert not (said := next(corner(world), "")), said


def _failed(name: str, probe: Probe) -> str:
    try:
        with redirect_stdout(io.StringIO()):
            probe()
    except Exception as error:  # noqa: BLE001 - however it fails, it is noticed
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        return f"{name}: {said[:120]}"
    return ""
