"""Noting: owners hear of what others note on their records, as each has chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

from runtime.automation.place import Place, Snapshot, people_of
from runtime.base.messages import message, to_json
from runtime.identity.addressed import Addressed
from runtime.identity.people import Person
from runtime.model.catalog import Field, Path
from runtime.model.letters import Letter
from runtime.model.values import Pointer
from runtime.storage.following import author_of, written_in
from runtime.storage.inbox import Inbox
from runtime.storage.query import Query
from runtime.storage.transaction import Transaction

NOTES = ("long_text", "rich_text")
"""The types of fields that people note things in."""
MOST = 100
"""Of so many records of one save owners are told: what is written into more of them is no note."""
LONGEST = 300
WHY = message("You get this because you want to hear of notes on your records; My profile ends it.")


def tell_of_notes(
    site: Place, tx: Transaction, live: Snapshot, module: str, change_set: int, ids: Sequence[int]
) -> None:
    """Tell the owners of records, of one module and one save, what somebody else has written there."""
    fields = [
        each for each in live.catalog.modules[module].fields.values() if each.type in NOTES and each.log
    ]
    if not fields or not ids or len(ids) > MOST:
        return
    who = author_of(tx.connection, change_set)
    if who is None:
        return
    written = written_in(tx.connection, change_set, ids)
    noted = {
        number: said
        for number, new in written.items()
        if (said := {each.key: _words(each, new[each.key]) for each in fields if new.get(each.key)})
    }
    if noted:
        _tell(site, tx, live, module, change_set, who, noted)


def _words(field: Field, value: object) -> str:
    return _plain(str(value)) if field.type == "rich_text" else str(value)[:LONGEST]


def _tell(
    site: Place,
    tx: Transaction,
    live: Snapshot,
    module: str,
    change_set: int,
    who: int,
    noted: Mapping[int, Mapping[str, str]],
) -> None:
    records = live.writer.plans.loader.load(tx.connection, module, list(noted))
    table, addressed, people = live.tables.module(module).table.name, Addressed(live.tables), people_of(live)
    author = people.users.by_id(tx.connection, who)
    inbox = Inbox(site.clock)
    for number, record in records.items():
        owner = record.get("owner")
        owner_id = owner.id if isinstance(owner, Pointer) else owner
        if owner_id is None:
            continue
        owners = [each for each in addressed.users(tx.connection, [owner_id]) if each != who]
        wishing = [each for each in people.of(tx.connection, owners) if each.note_alert] if owners else []
        key = f"note:{change_set}:{table}:{number}"
        for person in wishing:
            seen = _as_seen(tx, live, person, module, number, noted[number])
            if seen is None:
                continue
            title, note = seen
            said = message(
                "{who} has noted on {title}: {note}",
                who=author.name if author is not None else "?",
                title=title,
                note=note,
            )
            if person.note_alert in ("alert", "both"):
                inbox.tell(tx, key, [person.id], to_json(said), (table, number), mailed=True)
            if person.note_alert in ("mail", "both"):
                address = f"{site.post.url}/app/{module}/{number}"
                site.post.put(tx, [_letter(site, person, key, said, address)])


def _as_seen(
    tx: Transaction, live: Snapshot, person: Person, module: str, number: int, noted: Mapping[str, str]
) -> tuple[str, str] | None:
    """What the record is called and what was noted on it first, as somebody sees both; None where they see
    nothing of what was noted.
    """
    user = people_of(live).users.active(tx.connection, person.id)
    if user is None:
        return None
    actor = user.actor("note", person.language, person.timezone)
    seen, moment = live.seen_by(actor), live.moment(actor)
    known = seen.catalog.modules[module].fields
    shown = [key for key in noted if key in known]
    if not shown:
        return None
    paths = tuple(Path(key, (known[key],)) for key in shown)
    rows = seen.reader.page(tx.connection, Query(module, paths, ids=(number,), limit=1), moment).rows
    first = next((key for row in rows for key, value in zip(shown, row.values, strict=True) if value), None)
    title = seen.reader.titles(tx.connection, module, [number], moment).get(number, "")
    return (title, noted[first]) if first is not None else None


def _letter(site: Place, person: Person, key: str, said: Any, address: str) -> Letter:
    say = site.translate(person.language)
    told = said.render(say, person.language)
    text = f"{told}\n\n{address}\n\n-- \n{WHY.render(say, person.language)}\n"
    return Letter(f"{key}:{person.id}", "notice", person.email, " ".join(told.split())[:150], text)


def _plain(text: str) -> str:
    """The beginning of a note, without the marks of rich text."""
    plain, inside = [], False
    for character in text:
        if character in "<>":
            inside = character == "<"
            plain.append(" ")
        elif not inside:
            plain.append(character)
    return " ".join("".join(plain).split())[:LONGEST]
