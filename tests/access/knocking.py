"""Knocking at doors: one actor at every one of them, and a sentence for everything that is answered wrongly.

Each is a generator, so that who only wants to know whether anything is wrong stops at the first of them. A
request is a probe; the world counts them.
"""

import hashlib
import io
import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any, TypeVar

from tests.access.doors import Knock, files, of_modules, of_record, rest, typing, writing
from tests.access.matrix import ACTORS, CANARY, NOBODY, World
from tests.access.oracle import Item

FULL = os.environ.get("TRELLIS_MATRIX") == "full"
PART = 1 if FULL else 16
"""Of so many doors one is knocked at."""
RUNTIME = "trellis_"
HASHED = ("shares", "saved_filters", "filter_shares", "mails", "notifications")
"""Which of the runtime's tables must be as before after what was refused, beside all of the business's."""
T = TypeVar("T")


def knock(world: World, name: str, door: Knock) -> Any:
    """What somebody is answered at a door."""
    world.probes += 1
    options = dict(door.options)
    if door.rest:
        return world.program(name)(door.method, door.path, **options)
    return world.browser(name).client.request(door.method, door.path, follow_redirects=False, **options)


def some(every: Iterable[T], name: str, part: int = PART) -> list[T]:
    """All of it; or a part, which is another one for each actor."""
    return list(every)[ACTORS.index(name) % part :: part]


def doors(world: World) -> Iterator[Knock]:
    """Every door that shows something."""
    return chain(of_modules(), *map(of_record, world.items))


def of_looking(world: World, name: str, part: int = PART) -> Iterator[str]:
    """What the doors show that the oracle forbids; in the full matrix also what they should show, and do
    not.
    """
    allowed, seen = world.allowed(name), set()
    every = (door for door in doors(world) if door.rest or not world.is_key(name))
    for door in some(every, name, part):
        answer = knock(world, name, door)
        shown = set(CANARY.findall(f"{answer.text} {dict(answer.headers)}"))
        seen |= shown & allowed
        if more := {each for each in shown - allowed if each not in door.sent}:
            told = [(each, *((item.module, key) for item, key in world.canaries[each])) for each in more]
            yield f"{name}, {door.method} {door.path}: {sorted(told)[:4]}"
        if answer.status_code >= 500:
            yield f"{name}, {door.method} {door.path}: {answer.status_code}"
    print(f"{name}: {len(allowed)} canaries allowed and {len(seen)} of them seen")
    if part == 1 and not world.is_key(name) and (missing := world.of_items(allowed) - seen):
        yield f"{name} does not see {[world.canaries[each] for each in sorted(missing)]}"


def of_links(world: World, name: str) -> Iterator[str]:
    """The links of deals that show what the oracle forbids, or do not show what it allows."""
    items, who = {item.id: item for item in world.items}, world.people[name]
    answer = knock(world, name, rest("/deals?limit=200&fields=id,account,others,about"))
    if answer.status_code != 200:
        yield f"{name} is not told of links: {answer.status_code}"
        return
    for deal in (each for each in answer.json()["data"] if each["id"] in items):
        given = items[deal["id"]].values
        pointed = {"account": [given.get("account")], "about": [(given.get("about") or {}).get("id")]}
        pointed["others"] = [each["id"] for each in given.get("others", ()) if isinstance(each, dict)]
        for field, ids in pointed.items():
            seen = [each for each in ids if each and world.oracle.may(who, "read", items[each])]
            shown = deal[field] if isinstance(deal[field], list) else [deal[field]] if deal[field] else []
            if [each["id"] for each in shown] != seen:
                yield f"{name}, {field} of {deal}: seen are {seen}"


def of_outside(world: World, name: str, part: int = PART) -> Iterator[str]:
    """The doors that answer one who is no user with anything but a refusal. Who is nobody is led to the
    sign-in.
    """
    for door in (each for each in some(doors(world), name, part) if each.path != "/"):
        answer = knock(world, name, door)
        said = f"{answer.status_code} {answer.headers.get('location', '').partition('?')[0]}".strip()
        if said not in (("401", "303 /signin") if name == NOBODY else ("403",)):
            yield f"{name}, {door.method} {door.path}: {said}"


def of_writing(world: World, name: str, part: int = PART) -> Iterator[str]:
    """What is written or refused, and the oracle says otherwise; what is refused, and changes something."""
    who = world.people[name]
    asked = [(item, field, door) for item in world.items for field, door in writing(world, item)]
    before = state(world)
    for item, field, door in some(asked, name, part):
        may = world.oracle.may(who, "delete" if not field else "update", item) and not world.is_key(name)
        if field and may:
            may = world.oracle.changes(who, item, field)
        if field == "owner" and door.method == "PATCH":  # it must be theirs to change afterwards, too
            may = may and world.oracle.may(who, "update", replace(item, owner=world.people["nora"].id))
        answer = knock(world, name, door)
        told = f"{name}, {door.method} {door.path} {door.options}: {answer.status_code}"
        if answer.status_code >= 400 and state(world) != before:
            yield f"{told}, and something has changed"
        if answer.status_code < 300 and not may:
            yield f"{told}, and the oracle says no"
        if answer.status_code >= 500:
            yield told
        if may and field == "name" and answer.status_code >= 300:
            yield f"{told}, and the oracle says yes: {answer.text}"
        shown = set(CANARY.findall(f"{answer.text} {dict(answer.headers)}"))
        if any(each not in door.sent for each in shown - world.allowed(name)):
            yield f"{told}, and shows a canary"
        if answer.status_code < 300:
            undo(world, item)
            before = state(world)


def of_typing(world: World, name: str, part: int = PART) -> Iterator[str]:
    """What forms and files show that the oracle forbids, and what a refused one changes."""
    if world.is_key(name):
        return
    allowed = world.allowed(name)
    client = world.browser(name).client
    csrf = world.csrf(name)
    sent = [*files(), *(each for item in world.items for each in typing(item))]
    before = state(world)
    for path, values in some(sent, name, part):
        world.probes += 1
        answer = client.post(path, data={"_csrf": csrf, **values}, follow_redirects=False)
        text = answer.text + unpacked(answer.content) + str(dict(answer.headers))
        if more := set(CANARY.findall(text)) - allowed:
            yield f"{name}, {path} {values}: {sorted(more)[:3]}"
        if answer.status_code >= 500:
            yield f"{name}, {path} {values}: {answer.status_code}"
        now = state(world)
        if answer.status_code >= 400 and now != before:
            yield f"{name}, {path} {values}: {answer.status_code}, and something has changed"
        before = now


def state(world: World) -> str:
    """A digest of the business's tables, made anew where anything at all was written since, and the files
    that are kept.
    """
    written = world.written()
    if world.digested is None or world.digested[0] != written:
        world.digested = (written, _digest(world))
    kept = sorted(str(each) for each in world.app.site.workshop.settings.files.rglob("*") if each.is_file())
    return f"{world.digested[1]} {kept}"


def _digest(world: World) -> str:
    digest = hashlib.sha256()
    every = world.app.site.live.tables.metadata.tables.values()
    own = (f"{RUNTIME}{name}" for name in HASHED)
    names = {*own, *(table.name for table in every if not table.name.startswith(RUNTIME))}
    with world.app.site.database.read() as connection:
        for table in sorted((each for each in every if each.name in names), key=lambda each: each.name):
            for row in connection.execute(table.select().order_by(*table.primary_key.columns)):
                digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def undo(world: World, item: Item) -> None:
    """Take back what was allowed, so that the oracle goes on knowing the records."""
    at = f"/{item.module}/{item.id}"
    world.admin("DELETE" if item.deleted else "POST", at if item.deleted else f"{at}/restore")
    values = {key: value for key, value in item.values.items() if key in ("name", "secret", "note")}
    if not item.deleted:
        answer = world.admin("PATCH", at, json={**values, "owner": item.owner})
        assert answer.status_code == 200, answer.text


def unpacked(content: bytes) -> str:
    """The text of a spreadsheet's parts."""
    if not content.startswith(b"PK"):
        return ""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(each).decode("utf-8", "replace") for each in parts.namelist())
