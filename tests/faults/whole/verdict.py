"""The verdict: what was lost and what was doubled, counted from what was accepted, what is kept, and what was
heard outside.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from tests.faults.trial import DifferenceError
from tests.faults.whole.outside import Heard
from tests.faults.whole.pack import ROWS_PER_MARK, STEPS
from tests.faults.whole.trial import Trial

SHOWN = 5


class Verdict:
    """What is wrong, as sentences."""

    def __init__(self, trial: Trial) -> None:
        self.trial, self.ground = trial, trial.ground
        self.wrong: list[str] = []
        self.repeats: dict[str, int] = {}
        self.runs = 0
        self.items = self._records("items", "name", "id", "stage", "code", "is_done")

    def reach(self) -> "Verdict":
        """Look at everything. Raises :class:`DifferenceError` that names all that is wrong."""
        self._saves()
        self._imports()
        self._runs()
        self._effects()
        self._outside()
        if self.wrong:
            raise DifferenceError("\n".join(self.wrong))
        return self

    # Each part

    def _saves(self) -> None:
        clients = self.trial.clients
        for module, accepted in clients.accepted.items():
            found = self._records(module, "name", "id")
            self._same(f"{module} that were accepted", [name for name, _ in found], list(accepted))
            answered = {name: number for name, number in found if accepted.get(name) != number}
            self._none(f"{module} under another id than was answered", answered)
            created = self._logged(module)
            self._same(f"{module} in the change log", created, [number for _, number in found])
        changed = [name for name, _, stage, *_ in self.items if stage == "ready"]
        self._same("changes that were accepted", changed, clients.ready)
        self._none("requests in flight that SIGTERM cut", range(clients.counts["cut by SIGTERM"]))

    def _imports(self) -> None:
        ground, names = self.ground, []
        for place, number in enumerate(ground.imports):
            done = ground.operation(number)
            if done.state != "done":
                self.wrong.append(f"import {place} is {done.state}: {done.error}")
            names += [f"{place}-{row}" for row in range(1, ground.rows + 1)]
        self._same("imported rows", [name for (name,) in self._records("rows", "name")], names)
        marked = [name for name in names if int(name.partition("-")[2]) % ROWS_PER_MARK == 0]
        self._same("marks of imported rows", [name for (name,) in self._records("marks", "name")], marked)

    def _runs(self) -> None:
        table, steps = self.ground.tables.runs, self.ground.tables.run_steps
        runs = self._rows(select(table.c.id, table.c.workflow, table.c.record_id, table.c.state))
        self.runs = len(runs)
        self._none("runs that are not done", [run for run in runs if run[3] != "done"])
        items = [number for _, number, *_ in self.items]
        ready = [number for name, number, *_ in self.items if name in self.trial.clients.ready]
        rows = [number for number, row in self._records("rows", "id", "row") if row % ROWS_PER_MARK == 0]
        for workflow, wanted in (
            ("on_item", items),
            ("on_done", items),
            ("on_ready", ready),
            ("on_row", rows),
        ):
            self._same(f"runs of {workflow}", [run[2] for run in runs if run[1] == workflow], wanted)
        done = self._rows(select(steps.c.run_id, steps.c.place).where(steps.c.state == "done"))
        places = Counter(run for run, _ in done)
        wrong = {number: places[number] for number, workflow, *_ in runs if places[number] != STEPS[workflow]}
        self._none("runs with steps too few or too many", wrong)

    def _effects(self) -> None:
        notes = self._records("notes", "name", "item", "told")
        ready = self.trial.clients.ready
        wanted = [("first", number) for _, number, *_ in self.items]
        wanted += [("ready", number) for name, number, *_ in self.items if name in ready]
        self._same("notes", [(name, item) for name, item, _ in notes], wanted)
        self._none("notes that nobody told", [note for note in notes if note[2] is None])
        total = self.ground.flows.get("counters", self.ground.counter)["total"]
        if total != 2 * len(self.items) + len(ready):
            self.wrong.append(f"the counter: {total} in place of {2 * len(self.items) + len(ready)}")
        codes = [name for name, _, _, code, _ in self.items if code != f"code of {name}"]
        self._none("items without the code they were answered", codes)
        self._none("items that are not done", [name for name, *_, done in self.items if not done])

    def _outside(self) -> None:
        names = [name for name, *_ in self.items]
        ready = [f"{name} ready" for name in names if name in self.trial.clients.ready]
        wanted = {"call": [f"{name} first" for name in names] + ready, "hook": names, "mail": names}
        for kind, subjects in wanted.items():
            heard: dict[str, list[Heard]] = defaultdict(list)
            for each in self.ground.outside.heard[kind]:
                heard[each.subject].append(each)
            self._same(f"who was told by {kind}", list(heard), subjects)
            several = {subject: each for subject, each in heard.items() if len({one.key for one in each}) > 1}
            self._none(f"{kind}s that were repeated under another key", several)
            others = {subject: each for subject, each in heard.items() if len({one.said for one in each}) > 1}
            self._none(f"{kind}s that were repeated with another text", others)
            keys = Counter(key for each in heard.values() for key in {one.key for one in each})
            self._none(f"keys of {kind}s that several had", [key for key, count in keys.items() if count > 1])
            refused = sum(not one.taken for each in heard.values() for one in each)
            self.repeats[kind] = sum(len(each) - 1 for each in heard.values()) - refused

    # Looking

    def _rows(self, query: Any) -> list[Any]:
        with self.ground.app.site.database.read() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def _records(self, module: str, *fields: str) -> list[Any]:
        table = self.ground.app.site.live.tables.module(module)
        return self._rows(select(*(table.columns[field][0] for field in fields)))

    def _logged(self, module: str) -> list[int]:
        tables = self.ground.app.site.live.tables
        log, name = tables.change_log, tables.module(module).table.name
        mine = (log.c.module == name, log.c.action == "created")
        return [number for (number,) in self._rows(select(log.c.record_id).where(*mine))]

    def _same(self, what: str, found: Iterable[Any], wanted: Iterable[Any]) -> None:
        is_there, is_wanted = Counter(found), Counter(wanted)
        lost, more = list((is_wanted - is_there).elements()), list((is_there - is_wanted).elements())
        if lost or more:
            self.wrong.append(
                f"{what}: {len(lost)} lost {lost[:SHOWN]}, {len(more)} doubled or uncalled for {more[:SHOWN]}"
            )

    def _none(self, what: str, found: Iterable[Any]) -> None:
        all_of_them = list(found.items() if isinstance(found, Mapping) else found)
        if all_of_them:
            self.wrong.append(f"{what}: {len(all_of_them)} {all_of_them[:SHOWN]}")
