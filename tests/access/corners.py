"""Corners of the matrix: doors where two checks meet, each knocked at by somebody whom one of them refuses.

A corner is a function that yields a sentence for everything it finds wrong; every one named in ``CORNERS`` is
looked into by the matrix, and whenever a check is switched off.
"""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

from runtime.identity.api_keys import KeyLimits
from tests.access import corners_of_doors, corners_of_paths
from tests.access.matrix import World

MISSING = 999_999_999
"""The id of no record."""


def of_closed_modules(world: World) -> Iterator[str]:
    """A seller has no right to notes: they are as little there as a module that the pack has not."""
    sam, browser = world.program("sam"), world.browser("sam").client
    note = next(item for item in world.items if item.module == "notes")
    for method, path, options in (
        ("GET", "/{}", {}),
        ("GET", "/{}?count=exact", {}),
        ("GET", "/{}/{id}", {}),
        ("POST", "/{}", {"json": {"name": "x"}}),
        ("PATCH", "/{}/{id}", {"json": {"name": "x"}}),
        ("DELETE", "/{}/{id}", {}),
        ("POST", "/{}/{id}/restore", {}),
        ("GET", "/{}/{id}/files", {}),
    ):
        closed, none = (sam(method, path.format(name, id=note.id), **options) for name in ("notes", "nites"))
        if closed.status_code != none.status_code:
            yield f"{method} {path}: {closed.status_code} where it is closed, and {none.status_code} for none"
    for path in ("/app/{}", "/app/{}/{id}", "/app/{}/new", "/app/{}/bin", "/app/{}/count", "/app/{}/export"):
        closed, none = (browser.get(path.format(name, id=note.id)) for name in ("notes", "nites"))
        if closed.status_code != none.status_code:
            yield f"{path}: {closed.status_code} where it is closed, and {none.status_code} for none"
    for way in ("where=exists(notes)", "where=count(notes) > 0", "include=notes", "sort=notes.name"):
        if sam("GET", f"/deals?{way}").status_code < 400:
            yield f"deals?{way}: answered, and notes are closed"


def of_what_it_is_about(world: World) -> Iterator[str]:
    """A deal about a note, which a seller may not read, is about nothing to them; about an account it is."""
    note = next(item for item in world.items if item.module == "notes")
    sam = world.people["sam"].id
    for module, target in (("notes", note), ("accounts", _seen_account(world))):
        given = {"name": f"About {module}", "owner": sam, "about": {"module": module, "id": target.id}}
        made = world.admin("POST", "/deals", json=given)
        assert made.status_code == 201, made.text
        deal, seen = made.json()["data"]["id"], module == "accounts"
        program = world.program("sam")
        if (program("GET", f"/deals/{deal}").json()["data"]["about"] is not None) != seen:
            yield f"about: shown as {not seen} where it leads to {module}"
        name = str(target.values["name"])
        for where in (f"about.name == '{name}'", "not is_empty(about.name)", "not is_empty(about)"):
            answer = program("GET", "/deals", params={"where": f"id == {deal} and ({where})"})
            if answer.status_code == 200 and bool(answer.json()["data"]) != seen:
                yield f"{where}: found as {not seen} where it leads to {module}"
        page = world.browser("sam").client.get(f"/app/deals/{deal}").text
        if (name in page) and not seen:
            yield f"the card names what it is about in {module}"
        for column in ("about.name", "about"):
            text = program("GET", f"/deals?where=id == {deal}&fields=name,{column}").text
            if name in text and not seen:
                yield f"{column} is listed where it leads to {module}"


def of_hidden_filters(world: World) -> Iterator[str]:
    """A filter that reads a hidden field is in no tab, no menu and no answer; who reads the field has it."""
    for name, seen in (("sam", False), ("ceo", False)):
        browser, program = world.browser(name).client, world.program(name)
        page = browser.get("/app/deals").text
        if ("filter=telling" in page) != seen:
            yield f"{name}: the tab of the filter is {'missing' if seen else 'there'}"
        if program("GET", "/deals?filter=telling").status_code != 400:
            yield f"{name}: the filter answers through REST"
        if program("GET", "/deals?filter=none_such").status_code != 400:
            yield f"{name}: a filter that is not there answers"
        if "contains(secret" in browser.get("/app/deals/filter?filter=telling").text:
            yield f"{name}: the builder shows what the filter reads"
    if "filter=telling" not in world.app.sign_in().get("/app/deals").text:
        yield "an administrator does not have the filter"


def of_the_bin(world: World) -> Iterator[str]:
    """Who may neither delete nor see what is deleted finds it nowhere; an auditor does."""
    gone = [item for item in world.items if item.deleted]
    for name in ("hal", "ada", "sam", "nora"):
        who = world.people[name]
        browser, program = world.browser(name).client, world.program(name)
        listed = browser.get("/app/deals/bin").text
        for item in gone:
            seen = world.oracle.may(who, "read", item)
            told = f"{name}, deals/{item.id} in the bin"
            if (str(item.values["name"]) in listed) != seen:
                yield f"{told}: listed {not seen}"
            if str(item.values["name"]) in browser.get(f"/app/deals/{item.id}").text and not seen:
                yield f"{told}: its card is shown"
            if str(item.values["name"]) in program("GET", f"/deals/{item.id}").text and not seen:
                yield f"{told}: told by REST"
            if not seen and program("POST", f"/deals/{item.id}/restore").status_code < 400:
                yield f"{told}: restored"


def of_fields_that_are_only_read(world: World) -> Iterator[str]:
    """Support reads the secret of an account and does not write it: neither in one of theirs, nor new."""
    hal, mine = world.program("hal"), world.people["hal"].id
    own = next(item for item in world.items if item.module == "accounts" and item.owner == mine)
    before = world.admin("GET", f"/accounts/{own.id}").json()["data"]["secret"]
    if hal("GET", f"/accounts/{own.id}").json()["data"].get("secret") != before:
        yield "support does not read it"
    if hal("PATCH", f"/accounts/{own.id}", json={"secret": "guess"}).status_code < 400:
        yield "support changes it"
    if hal("POST", "/accounts", json={"name": "x", "secret": "guess"}).status_code < 400:
        yield "support gives it to a new one"
    if hal("POST", "/accounts", json={"name": "x"}).status_code != 201:
        yield "support makes no account without it"
    if world.admin("GET", f"/accounts/{own.id}").json()["data"]["secret"] != before:
        yield "it is another one"
        world.admin("PATCH", f"/accounts/{own.id}", json={"secret": before})
    browser = world.browser("hal")
    if re.search(r'<(input|textarea)[^>]*name="secret"', browser.get(f"/app/accounts/{own.id}/edit").text):
        yield "the form offers it"
    field = browser.client.get(f"/app/accounts/{own.id}/field/secret")
    if field.status_code == 200 and 'name="secret"' in field.text:
        yield "it is offered in its place"


def of_the_unseen_and_the_missing(world: World) -> Iterator[str]:
    """What one does not see answers as what is not there, at every door of a record."""
    mine = world.people["sam"]
    for module in ("deals", "accounts"):
        hidden = next(
            item
            for item in world.items
            if item.module == module and not item.deleted and not world.oracle.may(mine, "read", item)
        )
        sam, browser = world.program("sam"), world.browser("sam")
        for method, path, options in (
            ("GET", "/{}", {}),
            ("GET", "/{}?include=account", {}),
            ("GET", "/{}/files", {}),
            ("GET", "/{}/deals", {}),
            ("GET", "/{}/notes", {}),
            ("PATCH", "/{}", {"json": {"name": "x"}}),
            ("PATCH", "/{}", {"json": {"secret": "x"}}),
            ("PATCH", "/{}", {"json": {}}),
            ("DELETE", "/{}", {}),
            ("POST", "/{}/restore", {}),
            ("POST", "/{}/files", {"files": {"docs": ("a.txt", b"a", "text/plain")}}),
        ):
            told = [
                _plain(sam(method, f"/{module}{path.format(each)}", **options), each)
                for each in (hidden.id, MISSING)
            ]
            if told[0] != told[1]:
                yield f"{method} {module}{path}: {told[0]} of one not seen, and {told[1]} of none"
        for way in ("", "/edit", "/quick", "/delete", "/field/name", "/explain/name", "/link/notes"):
            codes = [
                _plain(browser.client.get(f"/app/{module}/{each}{way}"), each)[0]
                for each in (hidden.id, MISSING)
            ]
            if codes[0] != codes[1]:
                yield f"{module}{way}: {codes[0]} where it is not seen, and {codes[1]} where there is none"
        csrf = browser.get("/app").hidden("_csrf")
        for way in ("/edit", "/delete", "/restore", "/star", "/process", "/field/name", "/rules"):
            codes = [
                _plain(
                    browser.client.post(
                        f"/app/{module}/{each}{way}",
                        data={"_csrf": csrf, "name": "x", "value": "won", "_version": "1"},
                        follow_redirects=False,
                    ),
                    each,
                )[0]
                for each in (hidden.id, MISSING)
            ]
            if codes[0] != codes[1]:
                yield f"POST {module}{way}: {codes[0]} of one not seen, and {codes[1]} where there is none"


def of_searches_by_relation(world: World) -> Iterator[str]:
    """A deal is found by its account's name where the account is seen, and not where it is not."""
    sam = world.people["sam"].id
    hidden = world.make("accounts", "ceo", name=...)
    seen = world.make("accounts", "sam", name=...)
    for account, found in ((hidden, False), (seen, True)):
        made = world.admin("POST", "/deals", json={"name": "Led", "owner": sam, "account": account.id})
        deal, word = made.json()["data"]["id"], str(account.values["name"])
        for address in (f"/app/deals?_q={word}", f"/search?q={word}", f"/search/palette?q={word}"):
            text = world.browser("sam").client.get(address).text
            if not found and f"deals/{deal}" in text:
                yield f"{address} finds a deal by what it leads to"


def of_links_to_the_unseen(world: World) -> Iterator[str]:
    """Nobody links to what they do not see, by its id, by matching it, or with others at once."""
    program, mine = world.program("sam"), world.people["sam"]
    own = next(i for i in world.items if i.module == "deals" and i.owner == mine.id and not i.deleted)
    hidden = world.make("accounts", "ceo", name="Nobody's business")
    before = world.admin("GET", f"/deals/{own.id}").json()["data"]
    for body in (
        {"account": hidden.id},
        {"account": {"match": {"name": "Nobody's business"}}},
        {"others": [hidden.id]},
        {"others": [{"match": {"name": "Nobody's business"}}]},
        {"others": {"add": [hidden.id]}},
        {"about": {"module": "accounts", "id": hidden.id}},
        {"about": {"module": "notes", "id": next(i.id for i in world.items if i.module == "notes")}},
    ):
        if program("PATCH", f"/deals/{own.id}", json=body).status_code < 400:
            yield f"linked: {body}"
            world.admin("PATCH", f"/deals/{own.id}", json={key: before[key] for key in body})


def of_what_would_be_lost(world: World) -> Iterator[str]:
    """Nobody writes a record so that they could not change it any more, not even with others at once."""
    program, mine = world.program("sam"), world.people["sam"]
    own = next(i for i in world.items if i.module == "deals" and i.owner == mine.id and not i.deleted)
    to = world.people["ceo"].id
    if program("PATCH", f"/deals/{own.id}", json={"owner": to}).status_code < 400:
        yield "a record is given away"
        world.admin("PATCH", f"/deals/{own.id}", json={"owner": mine.id})
    if program("POST", "/deals", json={"name": "Not mine", "owner": to}).status_code < 400:
        yield "a record is made for somebody whose records one does not see"


def of_narrow_keys(world: World) -> Iterator[str]:
    """A key that only reads, or is for some modules, lets through what its user may do and no more."""
    mine, accounts = world.people["sam"], world.table_of("accounts")
    deal = next(i for i in world.items if i.module == "deals" and i.owner == mine.id and not i.deleted)
    account = _seen_account(world)
    for limits in (KeyLimits(read_only=True), KeyLimits(modules=(accounts,))):
        program, told = world.narrow(limits), "reading" if limits.read_only else "accounts"
        if program("GET", f"/accounts/{account.id}").status_code != 200:
            yield f"a key for {told} does not see an account"
        seen = program("GET", f"/deals/{deal.id}").status_code == 200
        if seen != limits.read_only:
            yield f"a key for {told} sees a deal: {seen}"
        if program("PATCH", f"/deals/{deal.id}", json={"name": "x"}).status_code < 400:
            yield f"a key for {told} changes a deal"
        if limits.read_only and program("POST", "/accounts", json={"name": "x"}).status_code < 400:
            yield "a key for reading makes an account"
        if limits.modules:
            for where in ("exists(deals)", f"count(deals, id == {deal.id}) > 0", "exists(other_deals)"):
                if program("GET", f"/accounts?where={where}").status_code == 200:
                    yield f"a key for {told} is answered: {where}"
        if limits.modules and str(deal.values["name"]) in program("GET", "/accounts?include=deals").text:
            yield f"a key for {told} includes deals"


def of_what_is_offered(world: World) -> Iterator[str]:
    """Nobody is offered a door that is closed to them."""
    for name in ("sam", "hal", "ada", "ceo"):
        who, client = world.people[name], world.browser(name).client
        shown = [
            next((i for i in world.items if i.module == module and world.oracle.may(who, "read", i)), None)
            for module in ("deals", "accounts")
        ]
        pages = [
            "/app",
            "/app/deals",
            "/app/accounts",
            "/search?q=cnry",
            "/search/palette?q=new",
            "/search/palette",
        ]
        for item in (each for each in shown if each is not None and not each.deleted):
            here = f"/app/{item.module}/{item.id}"
            pages += [here, f"{here}/quick", f"{here}?tab=more"]
            page = client.get(here).text
            for way, right in (("edit", "update"), ("delete", "delete")):
                if (f'href="{here}/{way}"' in page) != world.oracle.may(who, right, item):
                    yield f"{name}: {here}/{way} is offered wrongly"
        offered = {found for page in pages for found in _offered(client.get(page).text)}
        for address in sorted(offered):
            answer = client.get(address)
            if answer.status_code in (403, 404):
                yield f"{name} is offered {address}, which is {answer.status_code} for them"


def _offered(text: str) -> set[str]:
    found = (html.unescape(each) for each in re.findall(r'\bhref="(/app[^"#]*)"', text))
    return {each for each in found if "/content" not in each}


def _seen_account(world: World) -> Any:
    who = world.people["sam"]
    return next(i for i in world.items if i.module == "accounts" and world.oracle.may(who, "read", i))


def _plain(answer: Any, number: int) -> tuple[int, str]:
    return answer.status_code, answer.text.replace(str(number), "ID")


Corner = Callable[[World], Iterator[str]]
CORNERS: tuple[Corner, ...] = (
    of_closed_modules,
    of_what_it_is_about,
    of_hidden_filters,
    of_the_bin,
    of_fields_that_are_only_read,
    of_the_unseen_and_the_missing,
    of_searches_by_relation,
    of_links_to_the_unseen,
    of_what_would_be_lost,
    of_narrow_keys,
    of_what_is_offered,
    corners_of_doors.of_doors_of_modules,
    corners_of_doors.of_doors_of_records,
    corners_of_doors.of_files_of_what_is_only_read,
    corners_of_paths.of_what_relations_lead_to,
    corners_of_paths.of_links_that_are_hidden,
    corners_of_paths.of_what_is_counted,
    corners_of_paths.of_orders_by_what_is_hidden,
)
