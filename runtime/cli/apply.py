"""``trellis apply``: a pack, or a plan that was sealed in a file, applied entirely or not at all."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.base.clock import SystemClock
from runtime.cli import _asking, _packs, _plans
from runtime.cli._progress import Progress, was_begun
from runtime.cli.base import DONE, REFUSED, USAGE, WRONG_INPUT, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.change.apply import Applied, Refused
    from runtime.change.known import Known
    from runtime.change.plan import Plan
    from runtime.change.revisions import Revision
    from runtime.change.sealed import Sealed
    from runtime.language.load import Loaded
    from runtime.model.catalog import Catalog
    from runtime.storage.database import Database
    from runtime.storage.transaction import Transaction

LONGEST = 1000
"""The longest message in characters."""
ATTEMPTS = 3
"""How often a plan is shown anew to somebody who has agreed to any, when others apply meanwhile."""


class ApplyCommand(Command):
    """Applies a pack after showing what that does, or the plan of a file."""

    help = "apply a pack, or the plan of a file, to the database"

    def configure(self, parser: ArgumentParser) -> None:
        """The pack or plan, the consents, and the reason."""
        _packs.configure(parser, "PACK|PLAN", "the folder of the pack, or a file of: plan -o FILE")
        parser.add_argument("--yes", action="store_true", help="apply without asking")
        parser.add_argument(
            "--accept-lossy", action="store_true", help="agree to steps that lose values, too"
        )
        parser.add_argument("--message", metavar="TEXT", help="why, for the history")

    def run(self, arguments: Namespace, house: House) -> int:
        """Show the plan, ask, apply; 1 when the pack has errors, 3 when it is refused."""
        from runtime.change.known import REMEMBERED, Known

        if len(arguments.message or "") > LONGEST:
            raise CommandError(f"A message has at most {LONGEST:,} characters.", USAGE)
        path: Path = arguments.pack
        is_plan = path.is_file() or (path.suffix == ".json" and not path.is_dir())
        sealed = _plans.read_plan(path) if is_plan else None
        for attempt in range(ATTEMPTS):
            # Loaded anew each time: what others have applied may be the site's own layer.
            loaded = _plans.load_plan(sealed, house) if sealed else _packs.load_pack(arguments, house)
            if loaded.catalog is None:
                return _told(loaded, house)
            with _packs.open_database(house, make=True) as database:
                known = Known(REMEMBERED)
                with database.read() as connection:
                    applied = known.applied(connection, database.schema)
                base = None if sealed else 0 if applied is None else applied.number
                loaded = loaded if sealed else _packs.on_site(loaded, arguments, house, applied)
                if loaded.catalog is None:
                    return _told(loaded, house)
                was = _plans.catalog_beside(loaded.catalog, applied, house)
                apply = _Apply(arguments, house, database, sealed, loaded, loaded.catalog, base, was, known)
                code = apply.run(is_last=attempt == ATTEMPTS - 1)
            if code is not None:
                return code
        return REFUSED


def _told(loaded: "Loaded", house: House) -> int:
    """The exit code of a configuration with errors, after saying them."""
    from runtime.language import report

    print(report.as_text(loaded.diagnostics, loaded.sources), file=house.out)
    return WRONG_INPUT


@dataclass(frozen=True, slots=True)
class _Apply:
    arguments: Namespace
    house: House
    database: "Database"
    sealed: "Sealed | None"
    loaded: "Loaded"
    catalog: "Catalog"
    base: int | None
    applied: "Catalog | None"
    known: "Known"

    def run(self, is_last: bool) -> int | None:
        """The exit code; None to begin anew. Whoever says --yes to a pack agrees to what is to be done when
        others have applied something meanwhile; a plan's file is applied as it is, or not at all.
        """
        plan = self.plan()
        if self.base not in (None, plan.base) and not is_last:
            return None  # somebody has applied something since the pack was read: nothing was shown yet
        code = self.stop(plan)
        if code is not None:
            return code
        outcome = self.apply(plan)
        if is_last or not self.begins_anew(outcome):
            return self.tell(outcome)
        self.say("Others have applied something meanwhile. This is to be done now:\n")
        return None

    def plan(self) -> "Plan":
        from runtime.change.plan import make_plan

        with self.database.read() as connection:
            schema = self.database.schema
            return make_plan(
                connection,
                self.catalog,
                self.house.types,
                schema,
                self.house.language,
                applied=self.applied,
                known=self.known,
            )

    def stop(self, plan: "Plan") -> int | None:
        """The exit code when nothing is to be applied, after saying why."""
        from runtime.change.report import as_text, refused_as_text

        if self.sealed is not None and (moved := self.moved(self.sealed, plan)):
            self.say("\n".join(["Nothing was changed, for the plan does not hold any more:", *moved]))
            self.say("Make a new plan, and look at it.")
            return REFUSED
        changes = _plans.changes_for_people(self.applied, self.catalog, plan, self.database, self.house)
        self.say(as_text(plan, self.loaded.sources, changes))
        if plan.refusals:
            return REFUSED
        is_begun = was_begun(self.database, self.catalog.hash, self.house.out)
        if plan.is_empty and not is_begun:
            return DONE
        if plan.lossy and not self.arguments.accept_lossy:
            from runtime.change.landing import unaccepted

            self.say("")
            self.say(refused_as_text(tuple(map(unaccepted, plan.lossy)), self.loaded.sources))
            return REFUSED
        if self.sealed is None and not self.arguments.yes and not _asking.agreed(self.house):
            self.say("Nothing was changed.")
            return REFUSED
        return None

    def moved(self, sealed: "Sealed", plan: "Plan") -> list[str]:
        from runtime.change.landing import SINCE
        from runtime.change.revisions import history

        with self.database.read() as connection:
            schema = self.database.schema
            since = history(connection, SINCE, schema=schema) if plan.base else []
        return [f"  - {sentence}" for sentence in sealed.moved(plan, since)]

    def apply(self, plan: "Plan") -> "Applied | Refused":
        from runtime.storage.errors import BusyError

        try:
            return self.started(plan) if plan.base == 0 else self.carried_out(plan)
        except BusyError as error:
            raise CommandError(f"Nothing was changed. {error}", REFUSED) from None

    def started(self, plan: "Plan") -> "Applied | Refused":
        """The first revision, with the pack's own records."""
        from runtime.sites.starting import StartError, starting

        try:
            start = starting(self.catalog, self.house.types, SystemClock())
            return self.carried_out(plan, start)
        except StartError as error:
            raise CommandError(str(error)) from None

    def carried_out(
        self, plan: "Plan", on_first: "Callable[[Transaction, Revision], object] | None" = None
    ) -> "Applied | Refused":
        from runtime.change.apply import apply

        return apply(
            self.database,
            self.catalog,
            self.loaded.layers,
            self.house.types,
            SystemClock(),
            _asking.whoever_this_is(),
            expected=plan,
            on_first=on_first,
            kept=timedelta(days=self.house.settings.kept_days),
            message=(self.arguments.message or "").strip() or None,
            accept_lossy=self.arguments.accept_lossy,
            on_progress=Progress(self.house.out),
            applied=self.applied,
            based_on=self.base,
        )

    def begins_anew(self, outcome: "Applied | Refused") -> bool:
        from runtime.change.apply import Refused
        from runtime.change.codes import STALE

        if not isinstance(outcome, Refused) or self.sealed is not None or not self.arguments.yes:
            return False
        return any(each.code == STALE.name for each in outcome.refusals)

    def tell(self, outcome: "Applied | Refused") -> int:
        from runtime.change.apply import Refused
        from runtime.change.report import refused_as_text

        if isinstance(outcome, Refused):
            self.say(refused_as_text(outcome.refusals, self.loaded.sources))
            return REFUSED
        if not outcome.is_new:
            return DONE
        self.say(f"Applied as revision {outcome.revision}.")
        if outcome.revision == 1 and self.catalog.data:
            self.say(f"Records to start with: {len(self.catalog.data)}.")
        return DONE

    def say(self, text: str) -> None:
        print(text, file=self.house.out, flush=True)
