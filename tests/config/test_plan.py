"""Every scenario of change, on both databases: the plan is the expected one, and so is the data."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from runtime.change.apply import Applied, Refused, apply
from runtime.change.people.telling import tell
from runtime.change.plan import Plan, make_plan
from runtime.change.rollback import aim_at
from runtime.model.catalog import Catalog
from runtime.records.saved_filters import SavedFilter
from tests.support.crm import Program, open_app
from tests.support.scenarios import SAFETIES, Cast, Scenario, expectations, read_scenario, write_files

SCENARIOS = [read_scenario(path) for path in sorted((Path(__file__).parent / "plan").glob("*.yaml"))]


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator["Stage"]:
    """Plays scenarios on an empty database."""
    with ExitStack() as stack:
        yield Stage(stack, database_url, tmp_path)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_a_change_is_planned_and_carried_out_as_the_scenario_says(stage: "Stage", scenario: Scenario):
    stage.play(scenario)


class Stage:
    """A running CRM that goes through a scenario."""

    def __init__(self, stack: ExitStack, url: str, folder: Path) -> None:
        self.stack = stack
        self.url = url
        self.folder = folder
        self.cast = Cast()

    def play(self, scenario: Scenario) -> None:
        """Before, data, plan, after, and back again where the scenario says so."""
        pack = write_files(self.folder / "packs" / "pack", scenario.before)
        self.app = open_app(self.stack, self.url, self.folder, pack)
        self.rest = self.app.program()
        self.write(scenario.data)
        self.keep(scenario.keeps)
        for revision in scenario.between:
            write_files(pack, revision.files)
            assert isinstance(self.app.site.apply_pack(accept_lossy=True), Applied)
            self.write(revision.writes)
        write_files(pack, scenario.after)
        catalog = self.catalog()
        plan = self.plan(catalog)
        if scenario.words is not None:
            assert self.words(catalog, plan) == [self.cast.told(line) for line in scenario.words]
        if scenario.refused:
            self.compare_refusals(scenario, plan)
        else:
            self.compare_plan(scenario, plan)
        self.compare_data(scenario.expect)
        if scenario.rollback is not None:
            self.write(scenario.edits)
            self.roll_back(scenario)
            self.compare_data(scenario.rollback)

    def write(self, records: Mapping[str, Any]) -> None:
        """Create these records through REST, or change those that are there."""
        for name, values in records.items():
            module = name.partition(".")[0]
            sent = {"json": self.cast.sent(values)}
            if name in self.cast.ids:
                answer = self.rest("PATCH", f"/{module}/{self.cast.ids[name]}", **sent)
            else:
                answer = self.rest("POST", f"/{module}", **sent)
            assert answer.status_code in (200, 201), answer.text
            self.cast.ids[name] = answer.json()["data"]["id"]

    def keep(self, lists: Mapping[str, Any]) -> None:
        """Let a user save these lists."""
        live, user = self.app.site.live, self.app.user()
        for name, values in lists.items():
            module, _, called = name.partition(".")
            saved = SavedFilter(0, user, module, called, values["where"], sort=values.get("sort", ""))
            with self.app.site.database.write() as tx:
                self.cast.ids[name] = live.saved_filters.add(tx, saved).id

    def catalog(self) -> Catalog:
        """The folder as it is now."""
        loaded = self.app.site.load_pack()
        assert loaded.catalog is not None, [f"{each.span} {each.message}" for each in loaded.diagnostics]
        return loaded.catalog

    def plan(self, catalog: Catalog) -> Plan:
        """The plan to apply it."""
        site = self.app.site
        with site.database.read() as connection:
            return make_plan(connection, catalog, site.workshop.types, site.database.schema)

    def words(self, catalog: Catalog, plan: Plan) -> list[str]:
        """What changes for people, each sentence behind its topic."""
        told = tell(self.app.site.live.catalog, catalog, plan.renames)
        return [f"{about}: {sentence}" for about, sentences in told.items() for sentence in sentences]

    def compare_refusals(self, scenario: Scenario, plan: Plan) -> None:
        """Refused for the expected reasons, and nothing is done."""
        found = [f"{each.code} {each.span.file}:{each.span.line}" for each in plan.refusals]
        assert sorted(found) == sorted(scenario.refused), [each.message for each in plan.refusals]
        assert isinstance(self.app.site.apply_pack(), Refused)

    def compare_plan(self, scenario: Scenario, plan: Plan) -> None:
        """The steps are the expected ones; carried out, nothing is left to do."""
        self.compare_steps(scenario.plan, plan)
        if plan.lossy:
            assert isinstance(self.app.site.apply_pack(), Refused), "steps lose values, and nobody agreed"
        assert isinstance(self.app.site.apply_pack(accept_lossy=True), Applied)
        assert self.plan(self.catalog()).is_empty

    def compare_steps(self, expected_steps: Sequence[Mapping[str, Any]], plan: Plan) -> None:
        """The steps are the expected ones."""
        assert plan.refusals == ()
        dialect = self.app.site.database.dialect
        here = [each for each in expected_steps if each.get("only", dialect) == dialect]
        steps = [f"{step.safety}: {step.what}" for step in plan.steps]
        told = [f"{key}: {each[key]}" for each in here for key in each.keys() & SAFETIES]
        assert "\n".join(steps) == "\n".join(told)
        for step, expected in zip(plan.steps, here, strict=True):
            found = {
                "rows": step.rows,
                "at": f"{step.origin.file}:{step.origin.line}" if step.origin else None,
                "sample": list(step.sample),
            }
            expected = {**expected, "sample": [self.cast.told(line) for line in expected.get("sample", [])]}
            looked_at = found.keys() & expected.keys() - ({"sample"} if not expected["sample"] else set())
            assert {key: found[key] for key in looked_at} == {key: expected[key] for key in looked_at}

    def roll_back(self, scenario: Scenario) -> None:
        """Back to the first revision."""
        site = self.app.site
        shop = site.workshop
        with site.database.read() as connection:
            aim = aim_at(connection, 1, site.database.schema, shop.types, shop.checks, shop.language)
        assert aim.loaded.catalog is not None
        with site.database.read() as connection:
            plan = make_plan(
                connection, aim.loaded.catalog, shop.types, site.database.schema, back_to=aim.revision
            )
        if scenario.back is not None:
            self.compare_steps(scenario.back, plan)
        layers, clock, to = aim.revision.layers, site.clock, aim.revision
        back = apply(
            site.database, aim.loaded.catalog, layers, shop.types, clock, accept_lossy=True, back_to=to
        )
        assert isinstance(back, Applied)
        site.refresh()

    def compare_data(self, expect: Mapping[str, Any]) -> None:
        """REST reads what is expected."""
        for module, name, values in expectations(expect):
            if name is None:
                found = sorted(read(self.rest, f"/{self.cast.told(module)}"), key=lambda record: record["id"])
                seen = [self.some(record, wanted) for record, wanted in zip(found, values, strict=True)]
                assert seen == values
            else:
                record = read(self.rest, f"/{module}/{self.cast.ids[f'{module}.{name}']}")
                assert self.some(record, values) == values

    def some(self, record: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a record that somebody wants to know."""
        return {key: self.cast.seen(record.get(key, "(no such field)")) for key in wanted}


def read(rest: Program, path: str) -> Any:
    """What REST answers."""
    answer = rest("GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]
