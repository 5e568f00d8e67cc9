"""Reminding: owners hear of what is due before it is, and find what is open in one mail a day.

What they are reminded of is what the pack's filters with ``remind`` find, among the records that they own
and as they may see them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from runtime.automation.place import Place, Snapshot, people_of
from runtime.base.messages import Message, message, to_json
from runtime.identity.actor import Actor
from runtime.identity.people import Person
from runtime.model.catalog import Field, Filter, Path, SortKey
from runtime.model.letters import Letter
from runtime.model.types import DATETIME
from runtime.storage.inbox import Inbox
from runtime.storage.query import Query

MOST = 200
"""So many records of one filter are looked at for one person."""
SHOWN = 50
"""So many of them stand in one mail."""
MORNING, NOON = 7, 12
"""The hours, in their own time zone, between which people get the mail of the day."""
OPEN = "owner == user or owner in user.groups"


@dataclass(frozen=True, slots=True)
class Due:
    """A record that somebody is reminded of; ``day`` is in their own time zone."""

    module: str
    id: int
    title: str
    day: date | None


def remind(site: Place) -> int:
    """Tell those who want it what is due within their days; says how many words were new."""
    live, told = site.live, 0
    if not _filters(live):
        return 0
    with site.database.read() as connection:
        people = list(people_of(live).who_wish(connection, "alert_days"))
    for person in people:
        with site.database.read() as connection:
            actor = _actor(live, connection, person)
            found = [] if actor is None else list(_soon(live, connection, actor, person))
        if found:
            told += _tell(site, live, person, found)
    return told


def digest(site: Place) -> int:
    """Mail what is open to those who want that each day, once a day of theirs; says how many mails."""
    live, count = site.live, 0
    if not _filters(live):
        return 0
    with site.database.read() as connection:
        people = [
            each for each in people_of(live).who_wish(connection, "daily_mail") if _is_morning(site, each)
        ]
    for person in people:
        key = f"digest:{person.id}:{_today(site, person):%Y-%m-%d}"
        with site.database.read() as connection:
            if site.post.has(connection, key):
                continue
            actor = _actor(live, connection, person)
            parts = [] if actor is None else _parts(live, connection, actor, person)
        letter = _letter(site, live, person, key, parts)
        if letter is None:
            continue
        with site.database.write() as tx:
            site.post.put(tx, [letter])
        count += 1
    return count


def _filters(live: Snapshot) -> list[tuple[Filter, Field]]:
    """The filters that remind. As somebody sees the snapshot, none that reads what they may not."""
    return [
        (each, each.remind)
        for of_module in live.catalog.filters.values()
        for each in of_module.values()
        if each.remind is not None
    ]


def _actor(live: Snapshot, connection: Any, person: Person) -> Actor | None:
    user = people_of(live).users.active(connection, person.id)
    return None if user is None else user.actor("digest", person.language, person.timezone)


def _zone(person: Person) -> ZoneInfo:
    return ZoneInfo(person.timezone)


def _today(site: Place, person: Person) -> date:
    return site.clock.now().astimezone(_zone(person)).date()


def _is_morning(site: Place, person: Person) -> bool:
    return MORNING <= site.clock.now().astimezone(_zone(person)).hour < NOON


def _soon(live: Snapshot, connection: Any, actor: Actor, person: Person) -> Iterator[Due]:
    """What is due within the person's days; what is in two filters comes once."""
    seen: set[tuple[str, int]] = set()
    for each, field in _filters(live.seen_by(actor)):
        today = live.moment(actor).now.astimezone(_zone(person)).date()
        last = today + timedelta(days=person.alert_days or 0)
        for due in _found(live, connection, actor, person, each, field, _between(field, today, last, person)):
            if (due.module, due.id) not in seen and due.day is not None and today <= due.day <= last:
                seen.add((due.module, due.id))
                yield due


def _between(field: Field, first: date, last: date, person: Person) -> str:
    if field.value_type != DATETIME:
        return f"{field.key} >= date('{first}') and {field.key} <= date('{last}')"
    zone = _zone(person)
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (first, last + timedelta(1)))
    return f"{field.key} >= datetime('{begin.isoformat()}') and {field.key} < datetime('{end.isoformat()}')"


def _found(
    live: Snapshot,
    connection: Any,
    actor: Actor,
    person: Person,
    each: Filter,
    field: Field,
    more: str = "",
) -> list[Due]:
    """What a filter finds among the person's own records, the first date first."""
    seen = live.seen_by(actor)
    module = seen.catalog.modules[each.module]
    where = [seen.condition(module, text) for text in (OPEN, more) if text]
    where += [each.where] if each.where is not None else []
    path = Path(field.key, (field,))
    query = Query(
        each.module,
        columns=(path,),
        where=tuple(where),
        sort=(SortKey(path),),
        archived="no",
        limit=MOST,
    )
    moment = live.moment(actor)
    rows = seen.reader.page(connection, query, moment).rows
    titles = seen.reader.titles(connection, each.module, [row.id for row in rows], moment)
    return [Due(each.module, row.id, titles.get(row.id, ""), _day(row.values[0], person)) for row in rows]


def _day(value: Any, person: Person) -> date | None:
    if isinstance(value, datetime):
        return value.astimezone(_zone(person)).date()
    return value if isinstance(value, date) else None


def _tell(site: Place, live: Snapshot, person: Person, found: list[Due]) -> int:
    formats = live.formats(person.language, person.timezone)
    inbox, told = Inbox(site.clock), 0
    with site.database.write() as tx:
        for due in found:
            table = live.tables.module(due.module).table.name
            key = f"remind:{table}:{due.id}:{due.day}"
            said = message("{title} is due on {day}.", title=due.title, day=formats.date(due.day or date.min))
            told += inbox.tell(tx, key, [person.id], to_json(said), (table, due.id))
    return told


def _parts(live: Snapshot, connection: Any, actor: Actor, person: Person) -> list[tuple[Filter, list[Due]]]:
    """What each filter finds; what is in two filters stands in the first."""
    parts, seen = [], set[tuple[str, int]]()
    for each, field in _filters(live.seen_by(actor)):
        found = _found(live, connection, actor, person, each, field)
        fresh = [due for due in found if (due.module, due.id) not in seen]
        seen |= {(due.module, due.id) for due in fresh}
        if fresh:
            parts.append((each, fresh))
    return parts


def _letter(
    site: Place, live: Snapshot, person: Person, key: str, parts: list[tuple[Filter, list[Due]]]
) -> Letter | None:
    """The mail of a day; none where nothing is open."""
    count = sum(len(found) for _, found in parts)
    if not count:
        return None
    say, formats = site.translate(person.language), live.formats(person.language, person.timezone)
    today = _today(site, person)

    def said(what: Message) -> str:
        return what.render(say, person.language)

    lines: list[str] = []
    for each, found in parts:
        module = live.catalog.modules[each.module]
        heading = f"{module.plural.in_language(person.language)}: {each.label.in_language(person.language)}"
        lines += [heading, "=" * len(heading), ""]
        for due in found[:SHOWN]:
            day = formats.date(due.day) if due.day is not None else "-"
            late = f" ({said(LATE)})" if due.day is not None and due.day < today else ""
            lines += [f"{day}{late}  {due.title}", f"    {site.post.url}/app/{due.module}/{due.id}"]
        if len(found) > SHOWN:
            lines.append(said(message("and {count} more", count=len(found) - SHOWN)))
        lines.append("")
    subject = said(message("Open on {day}: {count}", day=formats.date(today), count=count))
    text = "\n".join([*lines, "-- ", said(WHY), ""])
    return Letter(key, "digest", person.email, subject, text)


LATE = message("overdue")
WHY = message("You get this because you want what is open by mail every day; My profile ends it.")
