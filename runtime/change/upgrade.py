"""An upgrade of the standard pack, tried on one customer's pack: what it breaks, and what it would do.

The customer's files are only read. Without a database of its own the pack is applied to a fresh one as it
stands now, and the plan of the same pack on the candidate is made there.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from runtime.base.clock import SystemClock
from runtime.base.diagnostic import Diagnostic
from runtime.base.registry import Registry
from runtime.change.apply import apply
from runtime.change.plan import Plan, make_plan
from runtime.change.revisions import open_applied
from runtime.change.step import counted
from runtime.expressions.language import Language
from runtime.fields.base import FieldType
from runtime.language.checks.base import Check
from runtime.language.load import Loaded, load, load_sources
from runtime.language.packs import STANDARD, site_layers
from runtime.language.suite_codes import FAILED
from runtime.storage.database import Database

EXAMPLE = "M165"
"""The code of an example of a formula that gives something else."""
FAILING = (EXAMPLE, FAILED.name)
"""The codes of what fails, and is not wrong in how it is written."""


@dataclass(frozen=True, slots=True)
class Tested:
    """The tests of a pack: how many there are, how many pass, and what is wrong with the others."""

    passed: int = 0
    tests: int = 0
    wrong: tuple[Diagnostic, ...] = ()


TryTests = Callable[[Path, Loaded], Tested]
"""Tries the tests of a folder on a configuration."""


@dataclass(frozen=True, slots=True)
class Registries:
    """What a configuration is read with."""

    types: Registry[FieldType]
    checks: Registry[Check]
    language: Language


@dataclass(frozen=True, slots=True)
class Stand:
    """The pack on one version of the standard pack: what is wrong, and how many of its tests pass;
    ``has_standard`` tells whether it stands on the standard pack at all.
    """

    errors: tuple[Diagnostic, ...]
    passed: int
    tests: int
    has_standard: bool

    @classmethod
    def of(cls, loaded: Loaded, tested: Tested) -> "Stand":
        """What was found while loading, in which the examples are tried, and by the tests."""
        errors = tuple(one for one in loaded.diagnostics if one.is_error)
        failed = sum(one.code == EXAMPLE for one in errors)
        has_standard = any(each.layer.name == STANDARD for each in loaded.layers)
        passed, tests = loaded.examples - failed + tested.passed, loaded.examples + tested.tests
        return cls((*errors, *tested.wrong), passed, tests, has_standard)


@dataclass(frozen=True, slots=True)
class Trial:
    """What the upgrade does to one customer. ``plan`` says it in a few words; ``breaks`` is what is wrong on
    the candidate and is right now, ``was_broken`` what is wrong on both.
    """

    now: Stand
    then: Stand
    plan: str
    breaks: tuple[Diagnostic, ...]
    was_broken: tuple[Diagnostic, ...]

    def to_json(self) -> dict[str, Any]:
        """The trial for another process to read."""
        return {
            "check": _check(self.then),
            "stands_on_it": self.then.has_standard,
            "plan": self.plan,
            "tests": f"{self.then.passed} of {self.then.tests}",
            "tests_now": f"{self.now.passed} of {self.now.tests}",
            "breaks": [_told(one) for one in self.breaks],
            "was_broken": [_told(one) for one in self.was_broken],
        }


def try_upgrade(
    pack: Path,
    candidate: Path | None,
    known: Registries,
    *,
    present: Path | None = None,
    packs: tuple[Path, ...] = (),
    database: tuple[str, str] | None = None,
    try_tests: TryTests = lambda pack, loaded: Tested(),
) -> Trial:
    """Try a pack on a candidate for the standard pack, beside the ``present`` one; None is the program's own.
    ``try_tests`` tries the tests of its folder on both.

    ``database`` is the address and the schema of the customer's own, which is only read: then what is applied
    there is the present. Raises :class:`runtime.storage.errors.StorageError`.
    """
    reading = {"types": known.types, "checks": known.checks, "language": known.language}
    with _opened(database) as opened:
        applied = None
        if database is not None:
            with opened.read() as connection:
                applied = open_applied(connection, opened.schema)
        above = site_layers(applied.layers) if applied is not None else ()
        then = load(pack, packs=packs, standard=candidate, above=above, **reading)  # type: ignore[arg-type]
        if applied is not None:
            now = load_sources(applied.layers, **reading)  # type: ignore[arg-type]
        else:
            now = load(pack, packs=packs, standard=present, **reading)  # type: ignore[arg-type]
            if now.catalog is not None and database is None and then.catalog is not None:
                apply(opened, now.catalog, now.layers, known.types, SystemClock())
        plan = None
        if then.catalog is not None:
            with opened.read() as connection:
                plan = make_plan(connection, then.catalog, known.types, opened.schema)
    return _trial(Stand.of(now, try_tests(pack, now)), Stand.of(then, try_tests(pack, then)), plan)


def _trial(now: Stand, then: Stand, plan: Plan | None) -> Trial:
    before = {_place(one) for one in now.errors}
    found = (*then.errors, *(plan.refusals if plan is not None else ()))
    breaks = tuple(one for one in found if _place(one) not in before)
    was_broken = tuple(one for one in found if _place(one) in before)
    return Trial(now, then, _words(plan), breaks, was_broken)


def _words(plan: Plan | None) -> str:
    if plan is None:
        return "-"
    if plan.refusals:
        return f"refused ({len(plan.refusals)})"
    if not plan.steps:
        return "nothing" if plan.is_empty else "no step"
    return f"{counted(len(plan.steps), 'step')}, {plan.safety}"


def _check(stand: Stand) -> str:
    errors = sum(one.code not in FAILING for one in stand.errors)
    return counted(errors, "error") if errors else "ok"


def _place(one: Diagnostic) -> tuple[str, str, str, str]:
    return one.code, one.span.file, one.path, one.message


def _told(one: Diagnostic) -> Mapping[str, object]:
    place = {"file": one.span.file, "line": one.span.line, "column": one.span.column}
    return {"code": one.code, "message": one.message, "help": one.help, **place}


@contextmanager
def _opened(database: tuple[str, str] | None) -> Iterator[Database]:
    if database is not None:
        with closing(Database.open(*database, pool=2)) as opened:
            yield opened
        return
    with (
        TemporaryDirectory(prefix="trellis-upgrade-") as folder,
        closing(Database.open(f"sqlite:///{folder}/trial.db", pool=2)) as opened,
    ):
        yield opened
