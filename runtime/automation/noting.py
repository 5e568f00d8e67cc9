"""Noting: owners hear of what others note on their records, as each has chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

from runtime.automation.place import Place, Snapshot, people_of
from runtime.base.messages import message, to_json
from runtime.identity.addressed import Addressed
from runtime.identity.people import Person
from runtime.model.letters import Letter
from runtime.model.values import Pointer
from runtime.storage.following import author_of, written_in
from runtime.storage.inbox import Inbox
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
        number: _plain(str(new[each.key])) if each.type == "rich_text" else str(new[each.key])[:LONGEST]
        for number, new in written.items()
        for each in reversed(fields)
        if new.get(each.key)
    }
    if noted:
        _tell(site, tx, live, module, change_set, who, noted)


def _tell(
    site: Place,
    tx: Transaction,
    live: Snapshot,
    module: str,
    change_set: int,
    who: int,
    noted: Mapping[int, str],
) -> None:
    records = live.writer.plans.loader.load(tx.connection, module, list(noted))
    table, addressed, people = live.tables.module(module).table.name, Addressed(live.tables), people_of(live)
    author = people.users.by_id(tx.connection, who)
    titles = live.reader.titles(tx.connection, module, list(noted))
    inbox = Inbox(site.clock)
    for number, record in records.items():
        owner = record.get("owner")
        owner_id = owner.id if isinstance(owner, Pointer) else owner
        if owner_id is None:
            continue
        owners = [each for each in addressed.users(tx.connection, [owner_id]) if each != who]
        wishing = [each for each in people.of(tx.connection, owners) if each.note_alert] if owners else []
        said = message(
            "{who} has noted on {title}: {note}",
            who=author.name if author is not None else "?",
            title=titles.get(number, ""),
            note=noted[number],
        )
        key = f"note:{change_set}:{table}:{number}"
        alerted = [each.id for each in wishing if each.note_alert in ("alert", "both")]
        mailed = [each for each in wishing if each.note_alert in ("mail", "both")]
        if alerted:
            inbox.tell(tx, key, alerted, to_json(said), (table, number), mailed=True)
        if mailed:
            address = f"{site.post.url}/app/{module}/{number}"
            site.post.put(tx, [_letter(site, each, key, said, address) for each in mailed])


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
