"""Filling a site of the standard pack with a plausible company's two years, the same ones for every run of a
day.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from runtime.sites.site import Site
from runtime.sites.world.agenda import Agenda
from runtime.sites.world.catalogue import write_catalogue
from runtime.sites.world.chance import Chance
from runtime.sites.world.customers import Customers
from runtime.sites.world.deals import Deals
from runtime.sites.world.documents import Documents
from runtime.sites.world.pen import Pen
from runtime.sites.world.people import ADMIN, PACK, PASSWORD, PEOPLE, Crew, add_people, crew
from runtime.sites.world.work import Work
from runtime.storage.database import Database
from runtime.storage.tables import Tables

__all__ = ["PACK", "PASSWORD", "PEOPLE", "ask_filling", "extent", "filling", "has_records"]

KIND = "fill_demo"
"""The kind of operation that fills a site; see :mod:`runtime.sites.operations.fill_demo`."""
RECORDS = 2000
"""How many records the demo has when nobody says."""
LARGE = 10_000
"""From here on the number asked for is that of potentials."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is of what is not drawn from something else.

    ``documents`` and ``activities`` are the shares of potentials that have any, ``lines`` of those that have
    lines, and ``steps`` into how many the two years are cut.
    """

    accounts: int
    contacts: int
    leads: int
    potentials: int
    tickets: int
    campaigns: int
    documents: float
    activities: float
    lines: float
    steps: int
    is_told: bool


def extent(records: int) -> Extent:
    """About ``records`` records in all, in plausible proportions; when there are many, as many potentials,
    a few of which have all that hangs on one in life.
    """
    if records >= LARGE:
        share = 1_000 / records
        return Extent(
            records // 10,
            records // 4,
            500,
            records,
            600,
            24,
            share,
            share,
            max(0.1, share),
            104,
            is_told=False,
        )
    part = max(records, 100) / 2000
    return Extent(
        accounts=max(12, round(120 * part)),
        contacts=max(24, round(290 * part)),
        leads=max(6, round(80 * part)),
        potentials=max(24, round(195 * part)),
        tickets=max(6, round(110 * part)),
        campaigns=max(2, min(24, round(14 * part))),
        documents=1.0,
        activities=1.0,
        lines=1.0,
        steps=24 if records < 500 else 104,
        is_told=True,
    )


def ask_filling(site: Site, records: int = RECORDS) -> int | None:
    """The operation that fills the site: the one that was begun and has not ended, or else a new one.

    None where there are records already. Nobody is woken for it: whoever asks works it off.
    """
    people, operations = add_people(site), site.background.operations
    is_filled = has_records(site.database, site.live.tables)
    with site.database.write() as tx:
        begun = operations.open_one(tx.connection, KIND)
        if begun is not None or is_filled:
            return begun
        site.post.hold(tx, None, held=True)  # its people are made up, and nobody is to get mail of theirs
        return operations.add(
            tx, KIND, {**crew(people).to_json(), "records": records}, "", people[ADMIN], None
        )


def has_records(database: Database, tables: Tables) -> bool:
    """Whether a site has records that the demo's would mix with."""
    found = (tables.module(module).table for module in ("accounts", "products"))
    with database.read() as connection:
        return any(connection.execute(table.select().limit(1)).first() is not None for table in found)


def filling(pen: Pen, who: Crew, records: int = RECORDS) -> Iterator[int]:
    """Write the demo's records, a step at a time; gives how many there are after each, rows left out.

    The same is drawn each time of one day, people and number, so that a pen can leave out what is written.
    """
    many = extent(records)
    chance = Chance(pen.kept.today)
    agenda = Agenda(chance.today, many.steps)
    with pen.on(agenda.begin):
        catalogue = write_catalogue(pen, chance)
    customers = Customers(pen, chance, who, catalogue)
    deals = Deals(pen, chance, agenda, customers, catalogue, is_told=many.is_told)
    documents = Documents(pen, chance, agenda)
    work = Work(pen, chance, agenda, customers, catalogue)
    for step in agenda.walk():
        with pen.on(step.last):
            customers.write(agenda.part(many.accounts, 0.5), agenda.part(many.contacts, 0.5))
            new = deals.write(agenda.part(many.potentials, growth=1.5), step, many.lines, work.campaigns)
            for deal in new:
                if chance.holds(many.documents):
                    documents.follow(deal)
                work.follow(deal, many.activities)
            deals.move()
            documents.write()
            work.write(step, agenda.part(many.tickets), agenda.part(many.campaigns))
            old = chance.one(("converted", "lost")) if step.number < many.steps - many.steps // 6 else None
            customers.write_leads(agenda.part(many.leads), old, work.campaigns)
        yield pen.written
