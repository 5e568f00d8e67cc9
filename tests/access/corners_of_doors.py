"""Corners at the doors themselves: each is open to those who have its right, and refused to everybody else
who sees what is behind it.
"""

from collections.abc import Iterator

from tests.access.matrix import World
from tests.access.oracle import Item

FILE = ("a.txt", b"a", "text/plain")
SELLERS = ("sam", "hal", "ada")


def of_doors_of_modules(world: World) -> Iterator[str]:
    """The pages that make records, take them out, and show the bin; what may be made of keys and choices."""
    rights = {"new": "create", "create": "create", "export": "export"}
    for name in SELLERS:
        who, client = world.people[name], world.browser(name).client
        for module in ("deals", "accounts"):
            for way, right in rights.items():
                may = world.oracle.granted(who, module, right)
                yield from _is(f"{name}, {module}/{way}", client.get(f"/app/{module}/{way}").status_code, may)
            may = any(world.oracle.granted(who, module, right) for right in ("delete", "see_deleted"))
            yield from _is(f"{name}, {module}/bin", client.get(f"/app/{module}/bin").status_code, may)
        for module in ("deals", "notes", "contacts"):
            offered = f'value="{module}"' in client.get("/profile/keys").text
            if offered != world.oracle.granted(who, module, "read"):
                yield f"{name}, a key for {module} is offered: {offered}"
        found = client.get("/app/deals/pick/account?for=account&q=zzz").text
        if ("/app/accounts/create" in found) != world.oracle.granted(who, "accounts", "create"):
            yield f"{name}, a new account is offered wrongly where one is chosen"
    sam = world.browser("sam").client
    if sam.get("/app/notes/pick/owner?q=").status_code != sam.get("/app/nites/pick/owner?q=").status_code:
        yield "the owners of what is closed are offered"


def of_doors_of_records(world: World) -> Iterator[str]:
    """The pages that change a record that one sees, and what its card offers."""
    for name in SELLERS:
        who, client = world.people[name], world.browser(name).client
        for item in _one_of_each(world, name):
            here, may = f"/app/{item.module}/{item.id}", world.oracle.may(who, "update", item)
            for way in ("edit", "share"):
                yield from _is(f"{name}, {here}/{way}", client.get(f"{here}/{way}").status_code, may)
            card = client.get(f"{here}?tab=more").text + client.get(here).text
            for way in ("edit", "share", "field/name", "files"):
                if f'{here}/{way}"' in card and not may:
                    yield f"{name}, {here}/{way} is offered"
            related = client.get(f"{here}?tab=related").text
            for address, right in (("/app/deals/create?account=", "create"), ("/link/other_deals", "update")):
                if address in related and not world.oracle.granted(who, "deals", right):
                    yield f"{name}, {address} is offered on {here}"
            if f"{here}/edit" in client.get(f"{here}/quick").text and not may:
                yield f"{name}, {here}/edit is offered in small"


def of_files_of_what_is_only_read(world: World) -> Iterator[str]:
    """Nobody hangs a file on a record that they only read, or takes one off: not even one of their own."""
    account = world.make("accounts", "sam", name=..., secret=...)
    sam, browser = world.program("sam"), world.browser("sam")
    mine = sam("POST", f"/accounts/{account.id}/files", files={"file": FILE})
    assert mine.status_code == 201, mine.text
    given = world.admin("PATCH", f"/accounts/{account.id}", json={"owner": world.people["ceo"].id})
    assert given.status_code == 200, given.text
    assert sam("GET", f"/accounts/{account.id}").status_code == 200
    number, before = mine.json()["data"][0]["id"], _files(world)
    csrf = {"_csrf": world.csrf("sam")}
    here = f"/app/accounts/{account.id}/files"
    answers = {
        "hung by REST": sam("POST", f"/accounts/{account.id}/files", files={"file": FILE}),
        "hung": browser.client.post(here, data=csrf, files={"upload": FILE}, follow_redirects=False),
        "taken off": browser.client.post(f"{here}/{number}/remove", data=csrf, follow_redirects=False),
    }
    for what, answer in answers.items():
        if answer.status_code != 403:
            yield f"a file is {what}: {answer.status_code}"
    if _files(world) != before:
        yield "other files are kept than before"


def _one_of_each(world: World, name: str) -> Iterator[Item]:
    # Of each module one record that somebody changes, and one that they only read, where there is one.
    who, found = world.people[name], set()
    for item in world.items:
        kind = (item.module, world.oracle.may(who, "update", item))
        is_one = item.module in ("deals", "accounts") and not item.deleted
        if is_one and kind not in found and world.oracle.may(who, "read", item):
            found.add(kind)
            yield item


def _is(what: str, status: int, may: bool) -> Iterator[str]:
    if status != (200 if may else 403):
        yield f"{what}: {status}, and the oracle says {'yes' if may else 'no'}"


def _files(world: World) -> list[tuple[int, int | None]]:
    answer = world.admin("GET", "/files?limit=200").json()["data"]
    return [(each["id"], each["record"]) for each in answer]
