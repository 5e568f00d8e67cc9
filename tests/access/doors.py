"""Every door of the CRM that answers with what records hold, as addresses and bodies to ask it with."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.access.matrix import World
from tests.access.oracle import Item

MODULES = ("deals", "accounts", "notes", "lines")
FIELDS = {
    "deals": (
        "name",
        "account",
        "others",
        "hidden_others",
        "about",
        "stage",
        "secret",
        "note",
        "summary",
        "whose",
        "docs",
        "owner",
    ),
    "accounts": ("name", "secret", "parent_account", "owner"),
    "notes": ("name", "deal"),
}
PATHS = (
    "secret",
    "note",
    "summary",
    "account.secret",
    "account.name",
    "account.parent_account.name",
    "deal.secret",
)


@dataclass(frozen=True)
class Knock:
    """One request: by a program (``rest``) or a browser."""

    rest: bool
    method: str
    path: str
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def sent(self) -> str:
        """What was sent, in which a canary is no news."""
        return f"{self.path} {self.options}"


def page(path: str) -> Knock:
    """A page that is opened."""
    return Knock(False, "GET", path)


def rest(path: str, method: str = "GET", **options: Any) -> Knock:
    """A request of a program."""
    return Knock(True, method, f"/api/v1{path}", tuple(options.items()))


def of_modules() -> Iterator[Knock]:
    """The doors that are about a module as a whole."""
    for path in (
        "/app",
        "/",
        "/search?q=cnry",
        "/search/palette?q=cnry",
        "/profile/favourites",
        "/operations",
    ):
        yield page(path)
    yield rest("/openapi.json")
    for module in MODULES:
        for way in ("", "?_q=cnry", "/bin", "/new", "/create", "/columns", "/filter", "/export", "/import"):
            yield page(f"/app/{module}{way}")
        for asked in ("", "?_q=cnry", "?filter=telling", "?where=contains(secret, 'cnry')", "?sort=secret"):
            yield page(f"/app/{module}/count{asked}")
        yield page(f"/app/{module}?filter=telling")
        for text in ("contains(secret, 'cnry')", "contains(account.secret, 'cnry')", "not is_empty(note)"):
            yield page(f"/app/{module}?where={text}")
            yield rest(f"/{module}?where={text}")
        for path in PATHS:
            yield page(f"/app/{module}?sort={path}&_columns=name,{path}")
            for way in (f"sort={path}", f"fields={path}", f"group={path}", f"value=max({path})&group=name"):
                yield rest(f"/{module}?{way}")
            yield page(f"/app/{module}/pick/{path}?q=cnry")
        for way in ("", "?include=account", "?filter=all", "?filter=telling", "?limit=1", "?count=exact"):
            yield rest(f"/{module}{way}")
        for field in FIELDS.get(module, ()):
            yield page(f"/app/{module}/pick/{field}?q=cnry")
            yield page(f"/app/{module}?{field}=cnry")
    yield rest("/deals?where=exists(lines, contains(secret, 'cnry'))")
    yield rest("/deals?where=exists(notes, contains(name, 'cnry'))")
    yield rest("/deals?where=contains(first(lines.secret), 'cnry')")
    yield rest("/accounts?where=exists(deals, contains(secret, 'cnry'))")
    yield rest("/accounts?where=contains(lookup(deals, not is_empty(secret), secret), 'cnry')")
    yield rest("/files")
    yield rest("/users")
    yield rest("/groups")


def of_record(item: Item) -> Iterator[Knock]:
    """The doors that are about one record."""
    here = f"/app/{item.module}/{item.id}"
    for way in (
        "",
        "/edit",
        "/quick",
        "/delete",
        "?tab=more",
        "/share",
        "/link/lines",
        "/link/notes",
        "/link/deals",
    ):
        yield page(f"{here}{way}")
    for field in FIELDS[item.module]:
        yield page(f"{here}/field/{field}")
        yield page(f"{here}/explain/{field}")
    yield rest(f"/{item.module}/{item.id}")
    yield rest(f"/{item.module}/{item.id}?include=account,others,about,parent_account,deal")
    yield rest(f"/{item.module}/{item.id}/files")
    yield rest(f"/{item.module}?where=id == {item.id}&fields=secret")
    if "file" in item.values:
        yield page(f"/app/files/{item.values['file']}/content")
        yield page(f"/app/files/{item.values['file']}")
        yield rest(f"/files/{item.values['file']}")
        yield rest(f"/files/{item.values['file']}/content")


def writing(world: World, item: Item) -> Iterator[tuple[str, Knock]]:
    """Requests that write, each with the field that it needs the right to (``""`` for the record alone)."""
    at = f"/{item.module}/{item.id}"
    yield "name", rest(at, "PATCH", json={"name": "x"})
    for field in ("secret", "note"):
        if field in FIELDS[item.module]:
            yield field, rest(at, "PATCH", json={field: "guess"})
    yield "owner", rest(at, "PATCH", json={"owner": world.people["nora"].id})
    yield "owner", rest(f"{at}/files", "POST", files={"docs": ("guess.txt", b"guess", "text/plain")})
    yield "", rest(at, "DELETE")
    yield "", rest(f"{at}/restore", "POST")


def typing(item: Item) -> Iterator[tuple[str, dict[str, str]]]:
    """Forms of the screens that are about a record, with what is typed into them; nothing of it is saved."""
    here, module = f"/app/{item.module}/{item.id}", f"/app/{item.module}"
    yield f"{here}/rules", {"name": "x", "secret": "guess", "note": "guess"}
    yield f"{module}/new/rules", {"name": "x", "secret": "guess", "account": "1"}
    yield f"{here}/edit", {"_version": "0", "name": "x", "secret": "guess", "note": "guess"}
    for field in FIELDS[item.module]:
        yield f"{here}/field/{field}", {"_version": "0", field: "guess"}
        yield f"{here}/field/{field}", {"_version": "1", field: "nonsense" * 60}
    yield f"{here}/process", {"_version": "0", "value": "won"}
    yield f"{here}/link/deals", {"name": "cnry"}
    yield f"{here}/star", {}


def written(condition: str) -> dict[str, Any]:
    """The filter builder's form with a condition that was written."""
    return {
        "part": ["open:1", "text:2", "close:1"],
        "c1.word": "all",
        "c2.text": condition,
        "_do": "show",
    }


def files() -> Iterator[tuple[str, dict[str, Any]]]:
    """Exports, and conditions that are looked at before they are kept."""
    for module in ("deals", "accounts", "notes"):
        for kind in ("csv", "xlsx"):
            yield f"/app/{module}/export", {"format": kind, "fields": "every", "ids": "1"}
        for path in PATHS:
            yield f"/app/{module}/export?_columns=name,{path}", {"format": "csv"}
            for address in ("filter", "filter/check"):
                yield f"/app/{module}/{address}", written(f"contains({path}, 'cnry')")
            yield f"/app/{module}/columns", {"columns": f"name,{path}"}
