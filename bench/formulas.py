"""What formulas cost: each figure beside the same work without them, in one run, on either database.

One save with 20 formulas, an expression by itself, a recompute of 100,000 records beside the bare UPDATE,
lists filtered and sorted by a computed field beside a plain one, an import with five formulas and three
rules, and a change that 10,000 records look up.
"""

import argparse
import gc
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy import text

from bench import data, databases, site
from runtime.identity.actor import Actor
from runtime.records.change import Change, Refused
from runtime.sites.people import add_user
from runtime.sites.site import Site
from runtime.storage.query import Query

BATCH = 5000
ROUNDS = 5
PAGES = 300
COMPUTED = """
  weighted:   {type: money, formula: amount * probability / 100}
  industry:   {type: text, max: 40, formula: text(account.industry)}
"""
FIVE = "".join(
    f"f{number}:\n  field: next_step\n  when: amount > {number}00000000\n  value: concat(name, '{number}')\n"
    for number in range(5)
)
TWENTY = "".join(
    f"g{number}:\n  field: extra_{number}\n  value: amount * probability / 100 + {number}\n"
    for number in range(20)
)
RULES = """rules:
  one: {when: amount > 900000000, require: [next_step]}
  two: {when: probability > 101, require: [priority]}
  three: {when: stage == 'lost' and amount < 0, require: [description]}
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, with and without, and the most that may come of it."""

    name: str
    value: float
    unit: str
    most: float
    note: str = ""

    @property
    def kept(self) -> bool:
        """Whether it stays within its goal."""
        return self.value <= self.most

    def __str__(self) -> str:
        mark = "" if self.kept else "  MISSED"
        return f"  {self.name:42}{self.value:9.2f} {self.unit:8} (at most {self.most:g}) {self.note}{mark}"


def main() -> int:
    """Measure, print, and say by the exit status whether every goal is kept."""
    arguments = _arguments()
    kept = True
    for engine in arguments.engine or databases.ENGINES:
        print(f"{engine}: {arguments.records:,} records", flush=True)
        for measure in (one_expression, one_save, recompute, lists, imports, looked_up):
            for figure in measure(engine, arguments.records):
                print(figure, flush=True)
                kept &= figure.kept
    return 0 if kept else 1


def one_expression(engine: str, _records: int) -> Iterator[Figure]:
    """An arithmetic expression, its tree made before."""
    with _site(engine, {}) as (opened, _):
        live = opened.live
        tree = live.catalog.modules["deals"].fields["weighted"].computed.expression.tree  # type: ignore[union-attr]
        evaluator = live.language.evaluator(live.moment(_actor(1)))
        record = {
            "amount": live.types["money"].from_json({"amount": "1250.50", "currency": "EUR"}),
            "probability": 30,
        }
        took = _least(lambda: [evaluator.run(tree, record) for _ in range(2000)]) / 2000
    yield Figure("an arithmetic expression", took * 1e6, "us", 20)


def one_save(engine: str, _records: int) -> Iterator[Figure]:
    """A save of one record with 20 formulas, and without them, by turns: a disk's speed comes and goes."""
    extra = "".join(f"  extra_{number}: {{type: money}}\n" for number in range(20))
    times: tuple[list[float], list[float]] = ([], [])
    with ExitStack() as stack:
        sides = []
        for formulas in ("", TWENTY):
            opened, owner = stack.enter_context(_site(engine, {"extra": extra, "formulas": formulas}))
            values = list(data.deals(300, site.write(opened, "accounts", data.accounts(10), [owner])))
            _save(opened, owner, values[:50], 1)
            sides.append((opened, owner, values[50:]))
        for number in range(250):
            for (opened, owner, values), found in zip(sides, times, strict=True):
                found.append(_timed(partial(_save, opened, owner, [values[number]], 1)))
    took = [statistics.median(found) * 1000 for found in times]
    note = f"{took[1]:.2f} ms with, {took[0]:.2f} ms without"
    yield Figure("20 formulas add to a save", took[1] - took[0], "ms", 2, note)


def recompute(engine: str, records: int) -> Iterator[Figure]:
    """One formula over all records, beside the UPDATE that does the same."""
    with _site(engine, {}) as (opened, owner):
        accounts = site.write(opened, "accounts", data.accounts(1000), [owner])
        _save(opened, owner, data.deals(records, accounts), BATCH)
        opened.database.optimize()
        units = "* 100" if engine == "sqlite" else ""
        bare = f"UPDATE deals SET next_step = next_step, weighted = amount * probability / 100 {units} + 1"
        plain = _alter(opened, bare.replace("next_step = next_step, ", ""))
        with opened.database.write() as tx:
            tx.connection.execute(text("UPDATE deals SET weighted = NULL"))
        ours = _timed(partial(_rewritten, opened))
    yield Figure(
        "recompute beside the bare UPDATE", ours / plain, "times", 3, f"{ours:.2f} s beside {plain:.2f} s"
    )


def lists(engine: str, records: int) -> Iterator[Figure]:
    """A page filtered, and one sorted, by a computed field and by a plain one."""
    with _site(engine, {}) as (opened, owner):
        accounts = site.write(opened, "accounts", data.accounts(1000), [owner])
        _save(opened, owner, data.deals(records, accounts), BATCH)
        opened.database.optimize()
        for name, condition, sort in (
            ("filter", "{field} > 5000", ""),
            ("sort", "", "-{field}"),
        ):
            sides = [
                _page(opened, condition.format(field=key), sort.format(field=key))
                for key in ("amount", "weighted")
            ]
            times = [[_timed(side) for side in sides] for _ in range(PAGES)]  # by turns
            took = [statistics.median(found) for found in zip(*times, strict=True)]
            note = f"{took[1] * 1000:.2f} ms beside {took[0] * 1000:.2f} ms"
            yield Figure(
                f"{name} by a computed field beside a plain one", took[1] / took[0], "times", 1.2, note
            )


def imports(engine: str, records: int) -> Iterator[Figure]:
    """The writer's batches with five formulas and three rules, and without."""
    rates = []
    for extra in ({}, {"formulas": FIVE, "rules": RULES}):
        with _site(engine, extra) as (opened, owner):
            accounts = site.write(opened, "accounts", data.accounts(1000), [owner])
            count = min(records, 50_000)
            rows = list(data.deals(count, accounts))
            gc.freeze()
            rates.append(count / _timed(partial(_save, opened, owner, rows, BATCH)))
    note = f"{rates[1]:,.0f} rows/s beside {rates[0]:,.0f}"
    yield Figure("an import without over one with formulas", rates[0] / rates[1], "times", 2, note)


def looked_up(engine: str, _records: int) -> Iterator[Figure]:
    """A change of an account whose industry 10,000 deals look up."""
    with _site(engine, {}) as (opened, owner):
        (account,) = site.write(opened, "accounts", [{"name": "One", "industry": "energy"}], [owner])
        _save(opened, owner, data.deals(10_000, [account]), BATCH)
        opened.database.optimize()
        live, actor = opened.live, _actor(owner)

        def change() -> None:
            with opened.database.write() as tx:
                live.writer.save(
                    tx,
                    [Change("accounts", {"industry": "retail"}, account)],
                    actor,
                    live.parsing(actor, "rest"),
                )

        took = _timed(change)
        with opened.database.read() as connection:
            followed = connection.execute(
                text("SELECT count(*) FROM deals WHERE industry = 'Retail'")
            ).scalar()
    if followed != 10_000:
        raise ValueError(f"{followed} of 10,000 deals have followed.")
    yield Figure("a change that 10,000 records look up", took, "s", 1)


@contextmanager
def _site(engine: str, extra: dict[str, str]) -> Iterator[tuple[Site, int]]:
    # The yardstick's pack with computed fields, and with what is measured.
    with tempfile.TemporaryDirectory(prefix="trellis-bench-") as folder, databases.fresh(engine) as url:
        pack = Path(folder) / "pack"
        shutil.copytree(site.PACK, pack)
        module = pack / "schemas/modules/deals.yaml"
        written = module.read_text("utf-8").replace(
            "indexes: [", COMPUTED + extra.get("extra", "") + "indexes: [[weighted], [amount], "
        )
        module.write_text(written + extra.get("rules", ""), "utf-8")
        if extra.get("formulas"):
            (pack / "formulas").mkdir()
            (pack / "formulas/deals.yaml").write_text(extra["formulas"], "utf-8")
        with site.opened(url, pack) as opened:
            yield opened, add_user(opened, data.OWNERS[0], "Ana", None)


def _save(opened: Site, owner: int, values: Sequence[data.Values] | Iterator[data.Values], size: int) -> None:
    live, actor, rest = opened.live, _actor(owner), iter(values)
    while batch := [Change("deals", each) for each in islice(rest, size)]:
        with opened.database.write() as tx:
            saved = live.writer.save(tx, batch, actor, live.parsing(actor, "rest"))
        refused = next((each for each in saved if isinstance(each, Refused)), None)
        if refused is not None:
            raise ValueError(f"A deal was refused: {dict(refused.errors)}")


def _rewritten(opened: Site) -> None:
    with opened.database.write() as tx:
        opened.live.writer.plans.recomputing.rewrite(tx.connection, "deals", ["weighted"], None)


def _alter(opened: Site, statement: str) -> float:
    def run() -> None:
        with opened.database.write() as tx:
            tx.connection.execute(text(statement))

    return _timed(run)


def _page(opened: Site, condition: str, sort: str) -> Callable[[], None]:
    live = opened.live
    module = live.catalog.modules["deals"]
    query = Query(
        "deals",
        (),
        (live.condition(module, condition),) if condition else (),
        sort=live.sort_keys(module, sort) if sort else (),
        limit=50,
    )

    def run() -> None:
        with opened.database.read() as connection:
            live.reader.page(connection, query, live.moment(_actor(1)))

    run()
    return run


def _actor(user: int) -> Actor:
    return Actor(user_id=user, name="Ana", admin=True, door="import")


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _least(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    return min(_timed(work) for _ in range(rounds))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.formulas", description=__doc__)
    parser.add_argument("--engine", action="append", choices=databases.ENGINES, help="only this database")
    parser.add_argument("--records", type=int, default=100_000)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
