"""The matrix: every actor at every door, and no canary that the oracle forbids in any answer."""

import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from tests.access.doors import Knock, files, of_modules, of_record, typing, writing
from tests.access.matrix import CANARY, World, build
from tests.support.crm import App

FULL = os.environ.get("TRELLIS_MATRIX") == "full"
PART = 1 if FULL else 12
pytestmark = pytest.mark.timeout(3000 if FULL else 240)
T = TypeVar("T")
ACTORS = ("ceo", "bea", "sam", "sue", "hal", "ada", "nora", "anonymous")


@pytest.fixture
def world(crm: Callable[..., App]) -> World:
    return build(crm)


def knock(world: World, name: str, door: Knock) -> Any:
    options = dict(door.options)
    if door.rest:
        return world.program(name)(door.method, door.path, **options)
    return world.browser(name).client.request(door.method, door.path, follow_redirects=False, **options)


def some(every: Iterable[T], name: str, part: int = PART) -> list[T]:
    """All of it; or a part, which is another one for each actor."""
    return list(every)[ACTORS.index(name) % part :: part]


def leaked(world: World, door: Knock, answer: Any, allowed: set[str]) -> set[str]:
    said = f"{answer.text} {dict(answer.headers)}"
    return {token for token in CANARY.findall(said) if token not in allowed and token not in door.sent}


def doors(world: World) -> Iterator[Knock]:
    yield from of_modules()
    for item in world.items:
        yield from of_record(item)


def test_no_door_shows_what_is_hidden(world: World) -> None:
    for name in ACTORS:
        look_everywhere(world, name)


def look_everywhere(world: World, name: str, part: int = PART) -> None:
    allowed, found, broken, asked, seen = world.allowed(name), [], [], 0, set()
    for door in some(doors(world), name, part):
        answer = knock(world, name, door)
        asked += 1
        seen |= {token for token in CANARY.findall(answer.text) if token in allowed}
        if more := leaked(world, door, answer, allowed):
            told = [
                (token, *((item.module, key) for item, key in world.canaries[token]))
                for token in sorted(more)
            ]
            found.append(f"{door.method} {door.path}: {told[:4]}")
        if answer.status_code >= 500:
            broken.append(f"{door.method} {door.path}: {answer.status_code}")
    print(f"{name}: {asked} doors, {len(allowed)} canaries allowed and {len(seen)} of them seen")
    assert not found, f"{name}:\n" + "\n".join(found[:40])
    assert not broken, "\n".join(broken[:40])
    assert not FULL or asked > 1300
    assert not FULL or seen == allowed, (
        f"{name} does not see {[world.canaries[each] for each in sorted(allowed - seen)]}"
    )


def test_a_link_to_what_one_may_not_read_shows_neither_its_id_nor_its_title(world: World) -> None:
    items = {item.id: item for item in world.items}
    for name in ACTORS[:6]:
        who = world.people[name]
        answer = world.program(name)("GET", "/deals?limit=200&fields=id,account,others,about")
        assert answer.status_code == 200, answer.text
        for deal in (each for each in answer.json()["data"] if each["id"] in items):
            given = items[deal["id"]].values
            pointed = {"account": [given.get("account")], "about": [(given.get("about") or {}).get("id")]}
            pointed["others"] = [each["id"] for each in given.get("others", ()) if isinstance(each, dict)]
            for field, ids in pointed.items():
                seen = [each for each in ids if each and world.oracle.may(who, "read", items[each])]
                shown = deal[field] if isinstance(deal[field], list) else [deal[field]] if deal[field] else []
                assert [each["id"] for each in shown] == seen, (name, deal, field)


def test_what_is_refused_changes_nothing(world: World) -> None:
    for name in ACTORS:
        write_everything(world, name)


def write_everything(world: World, name: str, part: int = PART) -> None:
    who, wrong = world.people[name], []
    for item in world.items:
        for field, door in some(writing(world, item), name, min(part, 4)):
            may = world.oracle.may(who, "delete" if not field else "update", item)
            if field and may:
                may = world.oracle.changes(who, item, field)
            if field == "owner" and door.method == "PATCH":  # it must be theirs to change afterwards, too
                may = may and world.oracle.may(who, "update", replace(item, owner=world.people["nora"].id))
            before = state(world)
            answer = knock(world, name, door)
            if answer.status_code >= 400 and state(world) != before:
                wrong.append(f"{door.method} {door.path}: {answer.status_code}, and something has changed")
            if answer.status_code < 300 and not may:
                wrong.append(f"{door.method} {door.path} {door.options}: done, and the oracle says no")
            if answer.status_code >= 500:
                wrong.append(f"{door.method} {door.path}: {answer.status_code}")
            if may and field == "name" and answer.status_code >= 300:
                wrong.append(f"{door.method} {door.path}: refused, and the oracle says yes: {answer.text}")
            if leaked(world, door, answer, world.allowed(name)):
                wrong.append(f"{door.method} {door.path}: shows a canary")
            if answer.status_code < 300:
                undo(world, item)
    assert not wrong, "\n".join(wrong[:40])


def state(world: World) -> str:
    digest = hashlib.sha256()
    tables = world.app.site.live.tables
    with world.app.site.database.read() as connection:
        for module in ("deals", "accounts", "notes", "lines", "files"):
            table = tables.module(module).table
            for row in connection.execute(table.select().order_by(table.c[0])):
                digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def undo(world: World, item: Any) -> None:
    # What was allowed is taken back, so that the oracle goes on knowing the records.
    at = f"/{item.module}/{item.id}"
    world.admin("DELETE" if item.deleted else "POST", at if item.deleted else f"{at}/restore")
    values = {key: value for key, value in item.values.items() if key in ("name", "secret", "note")}
    if not item.deleted:
        answer = world.admin("PATCH", at, json={**values, "owner": item.owner})
        assert answer.status_code == 200, answer.text


def test_no_form_shows_what_is_hidden(world: World) -> None:
    for name in ACTORS:
        type_everywhere(world, name)


def type_everywhere(world: World, name: str, part: int = PART) -> None:
    allowed, wrong, asked = world.allowed(name), [], 0
    client = world.browser(name).client
    csrf = world.browser(name).get("/app").hidden("_csrf")
    sent = [*files(), *(each for item in world.items for each in typing(item))]
    for path, values in some(sent, name, part):
        before = state(world)
        answer = client.post(path, data={"_csrf": csrf, **values}, follow_redirects=False)
        asked += 1
        text = answer.text + unpacked(answer.content) + str(dict(answer.headers))
        if more := {token for token in CANARY.findall(text) if token not in allowed}:
            wrong.append(f"{path} {values}: {sorted(more)[:3]}")
        if answer.status_code >= 500:
            wrong.append(f"{path} {values}: {answer.status_code}")
        if answer.status_code >= 400 and state(world) != before:
            wrong.append(f"{path} {values}: {answer.status_code}, and something has changed")
    print(f"{name}: {asked} forms")
    assert not wrong, f"{name}:\n" + "\n".join(wrong[:40])


def unpacked(content: bytes) -> str:
    """The text of a spreadsheet's parts."""
    if not content.startswith(b"PK"):
        return ""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(each).decode("utf-8", "replace") for each in parts.namelist())
