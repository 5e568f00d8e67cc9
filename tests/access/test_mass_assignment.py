"""What is not one's to say is not said by sending it along: at every door that writes, under every name."""

import io
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from runtime.cli.base import CommandError
from runtime.cli.import_ import ImportCommand
from tests.access.beside import BESIDE
from tests.access.office import Office, opened
from tests.support.crm import App

LONG_AGO = "2001-01-01T00:00:00Z"
NUMBER = 471_108_153
OWN = ("id", "number", "version", "created_at", "created_by", "updated_at", "updated_by", "deleted_at")
"""What every record has by itself."""
COMPUTED = ("margin", "told")
MADE_UP = ("search_text", "revision", "deleted", "is_admin", "admin", "role", "parent", "module", "__class__")
"""Columns, and names that some other module has, or none."""
PACK = BESIDE.replace("delete: true, assign: true,", "delete: true, import: true,")


@pytest.fixture
def desk(crm: Callable[..., App]) -> Office:
    made = opened(crm, PACK)
    made.app.user("sam@example.com", admin=False)
    return made


def forged(desk: Office) -> dict[str, Any]:
    """A value for everything that is nobody's to say."""
    whom, values = desk.ids["hal"], dict[str, Any]()
    for name in (*OWN, *COMPUTED, *MADE_UP):
        values[name] = whom if name.endswith("_by") else LONG_AGO if name.endswith("_at") else NUMBER
    return values


def kept(desk: Office, module: str, number: int) -> dict[str, Any]:
    """A record as it is stored, whoever may see it."""
    table = desk.app.site.live.tables.module(module)
    with desk.app.site.database.read() as connection:
        row = connection.execute(table.table.select().where(table.columns["id"][0] == number)).first()
    assert row is not None, (module, number)
    found: Mapping[Any, Any] = row._mapping
    return {str(key): value for key, value in found.items()}


def newest(desk: Office, module: str = "deals") -> int:
    """The record that was made last."""
    table = desk.app.site.live.tables.module(module)
    with desk.app.site.database.read() as connection:
        ids = connection.execute(table.table.select().with_only_columns(table.columns["id"][0])).scalars()
        return max(ids, default=0)


def is_own(desk: Office, number: int, by: str = "sam", owner: str = "sam") -> None:
    """A deal is what the program says of it: made now, by whom it was, and theirs."""
    row = kept(desk, "deals", number)
    assert number != NUMBER
    assert (row["created_by"], row["updated_by"], row["owner"]) == (
        desk.ids[by],
        desk.ids[by],
        desk.ids[owner],
    )
    assert row["created_at"].year > 2001
    assert row["updated_at"].year > 2001
    assert row["deleted_at"] is None
    assert row["version"] < NUMBER
    assert str(NUMBER) not in repr(row.values()), row


def test_rest_refuses_what_nobody_may_say_and_writes_nothing(desk: Office) -> None:
    deal, sam = desk.deal("Mine", "sam"), desk.program("sam")
    before, last = kept(desk, "deals", deal), newest(desk)
    for name, value in forged(desk).items():
        one = {"name": "x", name: value}
        asked: list[tuple[str, str, Any]] = [
            ("POST", "/deals", one),
            ("PATCH", f"/deals/{deal}", one),
            ("POST", "/deals/batch", {"create": [one]}),
        ]
        if name != "id":  # which says there which record is meant
            asked.append(("POST", "/deals/batch", {"update": [{"id": deal, **one}]}))
        for program in (sam, desk.admin):
            for method, path, body in asked:
                answer = program(method, path, json=body)
                # 409: to say a version is to ask that the record be still at it
                assert answer.status_code in (400, 422, 409), (method, path, name, answer.text)
    assert kept(desk, "deals", deal) == before
    assert newest(desk) == last


def test_forms_take_what_their_fields_are_and_nothing_that_is_sent_along(desk: Office) -> None:
    sam, sent = desk.browser("sam"), {key: str(value) for key, value in forged(desk).items()}
    sent |= {f"{key}:text": "Hal" for key in ("created_by", "updated_by")}
    for address in ("/app/deals/new", "/app/deals/create"):
        last = newest(desk)
        sam.post(address, name="Typed", **sent)
        assert newest(desk) > last, address
        is_own(desk, newest(desk))
    deal = desk.deal("Mine", "sam", amount="5.00")
    made = kept(desk, "deals", deal)
    form = sam.get(f"/app/deals/{deal}/edit")
    also = {key: value for key, value in sent.items() if key != "version"}
    answer = sam.client.post(
        f"/app/deals/{deal}/edit",
        data={"_csrf": form.hidden("_csrf"), "_version": form.hidden("_version"), "name": "Again", **also},
    )
    assert answer.status_code == 200, answer.text
    row = kept(desk, "deals", deal)
    assert row["name"] == "Again"
    assert (row["created_by"], row["created_at"]) == (made["created_by"], made["created_at"])
    assert (row["updated_by"], row["version"], row["deleted_at"]) == (desk.ids["sam"], 2, None)
    assert str(NUMBER) not in repr(row.values()), row


def test_no_single_field_is_edited_that_nobody_may_say(desk: Office) -> None:
    deal, sam = desk.deal("Mine", "sam"), desk.browser("sam")
    csrf, before = sam.get("/app").hidden("_csrf"), kept(desk, "deals", deal)
    for name, value in forged(desk).items():
        data = {"_csrf": csrf, "_version": "1", name: str(value)}
        answer = sam.client.post(f"/app/deals/{deal}/field/{name}", data=data, follow_redirects=False)
        assert answer.status_code >= 400, (name, answer.status_code)
    assert kept(desk, "deals", deal) == before


def test_an_import_takes_no_column_that_nobody_may_say(desk: Office) -> None:
    parser, folder = ArgumentParser(), desk.app.folder
    ImportCommand().configure(parser)
    for name, value in forged(desk).items():
        if name == "number":  # records that come from elsewhere keep theirs
            continue
        last = newest(desk)
        (folder / "x.csv").write_text(f"name,{name}\nFiled,{value}\n", encoding="utf-8")
        (folder / "x.yaml").write_text(f"columns: {{name: name, {name}: {name}}}\n", encoding="utf-8")
        words = ["deals", str(folder / "x.csv"), "--map", str(folder / "x.yaml")]
        with pytest.raises(CommandError, match="nothing was imported"):
            ImportCommand().run(parser.parse_args(words), desk.app.house)
        assert newest(desk) == last, name


def test_the_page_of_an_import_offers_no_such_column(desk: Office) -> None:
    sam = desk.browser("sam")
    names = [name for name in forged(desk) if name != "id"]
    file = f"name,{','.join(names)}\nFiled,{','.join('1' for _ in names)}\n".encode()
    page = sam.post("/app/deals/import", files={"file": ("x.csv", io.BytesIO(file), "text/csv")})
    assert page.status == 200, page.text
    shown = sam.get("/app/deals/import/map")
    for name in names:
        assert f'value="{name}"' not in shown.text, name


def test_a_tool_takes_its_inputs_and_nothing_else(desk: Office) -> None:
    deal = desk.deal("Mine", "sam")
    before, sam = kept(desk, "deals", deal), desk.program("sam")
    for name, value in forged(desk).items():
        body = {"inputs": {"open": "Asked", name: value}}
        answer = sam("POST", f"/deals/{deal}/tools/ask", json=body)
        assert answer.status_code in (400, 422), (name, answer.text)
        assert kept(desk, "deals", deal) == before, name
    browser = desk.browser("sam")
    sent = {key: str(value) for key, value in forged(desk).items()}
    page = browser.get(f"/app/deals/{deal}/tools/ask")
    data = {"_csrf": page.hidden("_csrf"), "open": "Asked", **sent}
    answer = browser.client.post(f"/app/deals/{deal}/tools/ask", data=data)
    assert answer.status_code in (200, 422), answer.text
    row = kept(desk, "deals", deal)
    assert (row["created_by"], row["owner"]) == (before["created_by"], before["owner"])
    assert str(NUMBER) not in repr(row.values()), row


def test_a_row_of_another_record_is_not_taken_over_by_its_id(desk: Office) -> None:
    mine, other = desk.deal("Mine", "sam"), desk.deal("Theirs", "ceo", lines=[{"name": "one"}])
    line = desk.admin("GET", f"/deals/{other}").json()["data"]["lines"][0]["id"]
    before, sam = kept(desk, "lines", line), desk.program("sam")
    for sent in (
        {"id": line, "name": "mine now"},
        {"name": "x", "parent": other},
        {"name": "x", "id": NUMBER},
    ):
        answer = sam("PATCH", f"/deals/{mine}", json={"lines": [sent]})
        assert answer.status_code in (400, 404, 422), (sent, answer.text)
    assert kept(desk, "lines", line) == before
    assert desk.admin("GET", f"/deals/{mine}").json()["data"]["lines"] == []


@pytest.mark.parametrize("door", ["rest", "batch", "form", "field"])
def test_nobody_gives_a_record_away_without_the_right_to(desk: Office, door: str) -> None:
    deal, sam, browser = desk.deal("Mine", "sam"), desk.program("sam"), desk.browser("sam")
    to = desk.ids["hal"]
    page = browser.get(f"/app/deals/{deal}/edit")
    data = {"_csrf": page.hidden("_csrf"), "_version": "1", "name": "Mine", "owner": str(to)}
    if door == "rest":
        sam("PATCH", f"/deals/{deal}", json={"owner": to})
    elif door == "batch":
        sam("POST", "/deals/batch", json={"update": [{"id": deal, "owner": to}]})
    else:
        way = "edit" if door == "form" else "field/owner"
        browser.client.post(f"/app/deals/{deal}/{way}", data=data)
    assert kept(desk, "deals", deal)["owner"] == desk.ids["sam"]


def test_nobody_makes_themselves_more_than_they_are(desk: Office) -> None:
    number, sam, browser = desk.ids["sam"], desk.program("sam"), desk.browser("sam")
    group = desk.admin("POST", "/groups", json={"name": "Front desk", "members": []}).json()["data"]["id"]
    before = kept(desk, "users", number)
    more: dict[str, Any] = {"admin": True, "role": "ceo", "email": "ceo@example.com", "manager": number}
    for name, value in more.items():
        for whom in (number, desk.ids["sue"]):
            assert sam("PATCH", f"/users/{whom}", json={name: value}).status_code == 403, name
        body = {"update": [{"id": number, name: value}]}
        assert sam("POST", "/users/batch", json=body).status_code == 403
        assert (
            sam("POST", "/users", json={"name": "x", "email": "x@example.com", name: value}).status_code
            == 403
        )
    assert sam("PATCH", f"/groups/{group}", json={"members": [{"id": number}]}).status_code == 403
    assert sam("POST", "/groups", json={"name": "Mine", "members": [{"id": number}]}).status_code == 403
    sent = {
        key: str(value) for key, value in {**forged(desk), **more, "active": "on", "groups": group}.items()
    }
    assert browser.post("/profile", phone="12345", **sent).status in (200, 422)
    csrf = browser.get("/profile").hidden("_csrf")
    for way in (f"/app/users/{number}/edit", "/app/users/new", f"/app/users/{number}/field/role"):
        data = {"_csrf": csrf, "_version": "1", "name": "x", **sent}
        assert browser.client.post(way, data=data, follow_redirects=False).status_code >= 400, way
    free = {"phone": "12345", "updated_at": 0, "updated_by": number, "version": 0, "search_text": ""}
    assert {**kept(desk, "users", number), **free} == {**before, **free}
    assert sam("GET", "/users?where=admin").json()["data"][0]["email"] == "admin@example.com"


def test_an_admin_too_says_nothing_of_a_user_that_is_not_theirs_to_say(desk: Office) -> None:
    number, group = desk.ids["sam"], desk.admin("POST", "/groups", json={"name": "Desk"}).json()["data"]["id"]
    for module, one in (("users", number), ("groups", group)):
        before = kept(desk, module, one)
        names = (*OWN, "password", "password_hash", "search_text", "revision", "__class__")
        for name in names:
            value = LONG_AGO if name.endswith("_at") else NUMBER
            answer = desk.admin("PATCH", f"/{module}/{one}", json={name: value})
            assert answer.status_code in (400, 422, 409), (module, name, answer.text)
        assert kept(desk, module, one) == before
