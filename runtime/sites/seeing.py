"""Seeing: a snapshot narrowed to what a circle of people may read, made when the first of them comes."""

from collections.abc import Callable
from dataclasses import replace
from threading import Lock

from runtime.identity.actor import Actor
from runtime.records.base import Workplace
from runtime.records.explaining import Explainer
from runtime.records.read import Records
from runtime.records.refs import Refs
from runtime.records.search import Search
from runtime.records.seen_catalog import narrowed
from runtime.records.stale import StaleFields
from runtime.sites.live import Live, make_conditions, make_hanging
from runtime.storage.reader import Reader
from runtime.storage.sight import Sight

MOST = 1000
"""So many are kept, which is more than the circles of any site; then all are made anew."""


def make_seeing(workplace: Workplace) -> Callable[[Live, Actor, Sight], Live]:
    """Gives the snapshot as those with a sight see it; each is made once."""
    made: dict[int, tuple[Sight, Live]] = {}
    lock = Lock()

    def seeing(live: Live, actor: Actor, sight: Sight) -> Live:
        found = made.get(id(sight))
        if found is None:
            with lock:
                found = made.get(id(sight))
                if found is None:
                    if len(made) >= MOST:
                        made.clear()
                    found = made[id(sight)] = (sight, _narrow(workplace, live, actor, sight))
        return found[1]

    return seeing


def _narrow(workplace: Workplace, live: Live, actor: Actor, sight: Sight) -> Live:
    judge, language = live.judge, live.language
    catalog = narrowed(
        live.catalog,
        sight,
        lambda profiles: judge.menu(actor, profiles),
        lambda module, field: judge.may_write_field(actor, module, field),
    )
    formats = live.formats(live.catalog.languages[0], live.catalog.timezone)
    reader = Reader(live.catalog, live.tables, live.types, language, formats, sight)
    return replace(
        live,
        catalog=catalog,
        reader=reader,
        records=Records(workplace, reader, judge, catalog),
        refs=Refs(reader, judge),
        search=Search(catalog, reader, judge),
        stale=StaleFields(catalog, live.clock),
        condition=make_conditions(catalog, language),
        hanging=make_hanging(catalog, language),
        explainer=Explainer(live.writer.plans, reader, judge),
        seeing=lambda same, _actor, _sight: same,
    )
