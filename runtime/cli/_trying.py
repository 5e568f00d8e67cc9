"""What the commands that run tests share: reading a pack's suite, and trying it on a database of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.cli.base import CommandError, House

if TYPE_CHECKING:
    from runtime.language.load import Loaded
    from runtime.language.suites import Suite
    from runtime.model.suite import Case
    from runtime.trials.coverage import Covered
    from runtime.trials.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Tried:
    """The verdicts, and what was exercised where that was asked for."""

    verdicts: "tuple[Verdict, ...]" = ()
    covered: "tuple[Covered, ...]" = ()


def read_suite(pack: Path, loaded: "Loaded", house: House) -> "Suite | None":
    """The tests of a pack; None where the pack itself cannot be read."""
    from runtime.language.suites import load_suite

    if loaded.catalog is None:
        return None
    return load_suite(pack, loaded.catalog, house.types, house.language)


def try_cases(
    loaded: "Loaded",
    cases: "Sequence[Case]",
    house: House,
    *,
    address: str | None = None,
    coverage: bool = False,
    tell: "Callable[[Verdict], object]" = lambda verdict: None,
) -> Tried:
    """Try cases of a configuration; without any no database is made, unless all is to be covered."""
    import logging

    from runtime.base.clock import FrozenClock
    from runtime.sites.starting import StartError
    from runtime.storage.errors import StorageError
    from runtime.trials.coverage import Covering, Watching
    from runtime.trials.running import run_suite, start_of

    if loaded.catalog is None or not (cases or coverage):
        return Tried()
    logging.getLogger("trellis").setLevel(logging.ERROR)  # that a step fails may be what a case is about
    clock = FrozenClock(start_of(loaded.catalog.timezone))
    watching = Watching(house.language)
    covering = Covering(watching if coverage else None)
    try:
        with house.open_trial(loaded, address, clock, watching if coverage else house.language) as site:
            verdicts = tuple(run_suite(site, clock, cases, covering, tell))
            covered = tuple(covering.all(site.live.catalog)) if coverage else ()
    except (StorageError, StartError) as error:
        raise CommandError(str(error)) from None
    return Tried(verdicts, covered)
