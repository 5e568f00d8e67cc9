"""Bisection: a program that reads a hidden number of 16 bits, bit by bit, from what a door answers.

It is asked of two records, of which each has the other's bits turned round. Who is told nothing of either
guesses the same of both, and cannot be right of both: a bit is *recovered* when it was right twice. So one
who guesses by chance recovers none, and whoever sees the field all 16.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import quote

from tests.access.doors import written
from tests.access.matrix import World

BITS = 16
NUMBERS = (0b1011001110001101, 0b0100110001110010)
NAME = "Hidden number"


@dataclass(frozen=True)
class Way:
    """A way to a hidden value from a deal: its path, and what stands before the bits there."""

    path: str
    lead: str = "b"
    is_number: bool = False


WAYS = (
    Way("secret"),
    Way("summary", f"{NAME} b"),
    Way("note"),
    Way("account.secret"),
    Way("whose", "by b"),
    Way("worth", is_number=True),
    Way("account.worth", is_number=True),
    Way("first(lines.secret)"),
    Way("max(others.worth)", is_number=True),
    Way("sum(account.deals.worth)", is_number=True),
    Way("lookup(deals, id == this.id, secret)"),
    Way("lookup(notes, deal == this, deal.secret)"),
)
TEXTS = (
    "{way} >= '{all}1'",
    "not ({way} < '{all}1')",
    "starts_with({way}, '{all}1')",
    "matches({way}, '{all}1.*')",
    "contains({way}, '{all}1')",
    "left({way}, {n}) == '{all}1'",
    "default({way}, '') >= '{all}1'",
    "concat({way}, '') >= '{all}1'",
    "if_({way} >= '{all}1', true, false)",
    "case({way} >= '{all}1', true, false)",
)
NUMBERED = (
    "{way} >= {low}",
    "not ({way} < {low})",
    "{way} + 1 > {low}",
    "default({way}, 0) >= {low}",
    "if_({way} >= {low}, true, false)",
)
OVER = (
    "exists(lines, starts_with(secret, '{all}1'))",
    "count(lines, secret >= '{all}1') == 1",
    "exists(notes, deal.secret >= '{all}1')",
    "count(account.deals, secret >= '{all}1') == 1",
    "exists(account.deals, starts_with(secret, '{all}1'))",
    "exists(others, secret >= '{all}1')",
)


def questions() -> Iterator[tuple[str, Way]]:
    """Every operator on every way."""
    for way in WAYS:
        for operator in NUMBERED if way.is_number else TEXTS:
            yield operator, way
    for operator in OVER:
        yield operator, Way("")


Told = bool | None
"""Yes, no, or that the door says nothing to that."""


@dataclass(frozen=True)
class Extractor:
    """Asks a door for the next bit, 16 times; ``ask`` knows those before."""

    door: str
    name: str
    ask: "Callable[[World, str, int, list[int]], Told]"

    def bits(self, world: World, name: str, record: int) -> list[int]:
        """What it takes the bits for. A door that says nothing the first times is not asked any more."""
        found: list[int] = []
        silent = 0
        for _ in range(BITS):
            told = self.ask(world, name, record, found) if silent < 2 else None
            silent += told is None
            found.append(int(bool(told)))
        return found


def recovered(world: World, name: str, extractor: Extractor, records: tuple[int, int]) -> int:
    """How many bits somebody reads of both records."""
    right = [
        [
            bit == int(digit)
            for bit, digit in zip(extractor.bits(world, name, each), digits(number), strict=True)
        ]
        for each, number in zip(records, NUMBERS, strict=True)
    ]
    return sum(one and other for one, other in zip(*right, strict=True))


def digits(number: int) -> str:
    """A number's bits as they are written, the highest first."""
    return f"{number:0{BITS}b}"


def plant(world: World, owner: str = "sam") -> tuple[int, int]:
    """Two deals of a seller that hold the two numbers in every hidden place."""
    mine, ids = world.people[owner].id, []
    for number in NUMBERS:
        text = f"b{digits(number)}"
        given = {"name": f"Of {text[1:3]}", "owner": mine, "secret": text, "worth": number}
        account = _made(world, "accounts", {**given, "name": "Holder"})
        deal = {**given, "name": NAME, "note": text, "stage": "open", "account": account, "others": [account]}
        ids.append(_made(world, "deals", {**deal, "lines": [{"name": "line", "secret": text}]}))
        _made(world, "notes", {"name": "on it", "deal": ids[-1], "owner": mine})
    return ids[0], ids[1]


def _made(world: World, module: str, values: dict[str, Any]) -> int:
    answer = world.admin("POST", f"/{module}", json=values)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["data"]["id"])


Door = Callable[[World, str, int, str], Told]
"""Whether a condition holds of a record, as somebody is told."""


def conditions() -> Iterator[Extractor]:
    """Every operator at every door that takes a condition."""
    for door in DOORS:
        for operator, way in questions():

            def ask(
                world: World,
                name: str,
                record: int,
                known: list[int],
                door: Door = door,
                of: Any = (operator, way),
            ) -> Told:
                operator, way = of
                bits = "".join(map(str, known))
                low = int(f"{bits}1".ljust(BITS, "0"), 2)
                lead = way.lead + bits
                text = operator.format(way=way.path, all=lead, n=len(lead) + 1, low=low)
                world.probes += 1
                return door(world, name, record, text)

            asked = operator.format(way=way.path, all="…", n="…", low="…")
            yield Extractor(door.__name__, f"{door.__name__}: {asked}", ask)


def _rest_list(world: World, name: str, record: int, text: str) -> Told:
    answer = world.program(name)("GET", "/deals", params={"where": f"id == {record} and ({text})"})
    return bool(answer.json()["data"]) if answer.status_code == 200 else None


def _rest_list_without(world: World, name: str, record: int, text: str) -> Told:
    answer = world.program(name)("GET", "/deals", params={"where": f"id == {record} and not ({text})"})
    return not answer.json()["data"] if answer.status_code == 200 else None


def _rest_count(world: World, name: str, record: int, text: str) -> Told:
    asked = {"where": f"id == {record} and ({text})", "count": "exact", "limit": 1}
    answer = world.program(name)("GET", "/deals", params=asked)
    return bool(answer.json()["count"]) if answer.status_code == 200 else None


def _rest_group(world: World, name: str, record: int, text: str) -> Told:
    asked = {"where": f"id == {record} and ({text})", "group": "stage", "value": "count()"}
    answer = world.program(name)("GET", "/deals", params=asked)
    return bool(answer.json()["data"]) if answer.status_code == 200 else None


def _rest_from_elsewhere(world: World, name: str, record: int, text: str) -> Told:
    asked = {"where": f"exists(deals, id == {record} and ({text}))"}
    answer = world.program(name)("GET", "/accounts", params=asked)
    return bool(answer.json()["data"]) if answer.status_code == 200 else None


def _list(world: World, name: str, record: int, text: str) -> Told:
    page = world.browser(name).get(f"/app/deals?where={quote(f'id == {record} and ({text})')}")
    return f'/app/deals/{record}"' in page.text if page.path == "/app/deals" else None


def _list_count(world: World, name: str, record: int, text: str) -> Told:
    page = world.browser(name).get(f"/app/deals/count?where={quote(f'id == {record} and ({text})')}")
    return page.text.endswith("of 1") if page.path == "/app/deals/count" else None


def _builder(world: World, name: str, record: int, text: str) -> Told:
    answer = world.browser(name).client.post(
        "/app/deals/filter/check", data=_draft(world, name, record, text)
    )
    if "is found" in answer.text or "are found" in answer.text:
        return "1 record is found" in answer.text
    return None


def _saved_filter(world: World, name: str, record: int, text: str) -> Told:
    sent = {**_draft(world, name, record, text), "_do": "new", "name": "Mine"}
    answer = world.browser(name).client.post("/app/deals/filter", data=sent, follow_redirects=False)
    if answer.status_code != 303:
        return None
    page = world.browser(name).get(answer.headers["location"])
    key = page.response.url.params["filter"]
    gone = {**sent, "_do": "delete"}
    world.browser(name).client.post(f"/app/deals/filter?filter={key}&_edit=1", data=gone)
    return f'/app/deals/{record}"' in page.text


def _draft(world: World, name: str, record: int, text: str) -> dict[str, Any]:
    return {"_csrf": world.csrf(name), **written(f"id == {record} and ({text})")}


def _export(world: World, name: str, record: int, text: str) -> Told:
    address = f"/app/deals/export?where={quote(f'id == {record} and ({text})')}&_columns=name"
    sent = {"_csrf": world.csrf(name), "format": "csv"}
    answer = world.browser(name).client.post(address, data=sent, follow_redirects=False)
    return NAME in answer.text if answer.status_code == 200 else None


DOORS: tuple[Door, ...] = (
    _rest_list,
    _rest_list_without,
    _rest_count,
    _rest_group,
    _rest_from_elsewhere,
    _list,
    _list_count,
    _builder,
    _saved_filter,
    _export,
)


def orders() -> Iterator[Extractor]:
    """Every way at every door that sorts: a deal whose values one knows stands before it or behind."""
    for door in SORTING:
        for way in WAYS:
            if "(" in way.path:
                continue

            def ask(
                world: World, name: str, record: int, known: list[int], door: Sorting = door, way: Way = way
            ) -> Told:
                rung = _rung(world, known)
                world.probes += 1
                found = door(world, name, f"{way.path},id", (record, rung))
                return None if found is None else found.index(rung) < found.index(record)

            yield Extractor(door.__name__, f"{door.__name__}: {way.path}", ask)


def _rung(world: World, known: list[int]) -> int:
    # The seller's own deal, with what is just below the records whose next bit is 1.
    bits = "".join(map(str, known))
    text, number = f"b{bits}0z", int(f"{bits}1".ljust(BITS, "0"), 2) - 1
    (deal,) = world.admin("GET", "/deals?where=account.name == 'Rung'").json()["data"] or (None,)
    if deal is None:
        account = _made(world, "accounts", {"name": "Rung", "owner": world.people["sam"].id})
        made = {"name": NAME, "owner": world.people["sam"].id, "account": account}
        deal = world.admin("GET", f"/deals/{_made(world, 'deals', made)}").json()["data"]
    for place, values in (
        (f"/accounts/{deal['account']['id']}", {"secret": text, "worth": number}),
        (f"/deals/{deal['id']}", {"secret": text, "note": text, "worth": number}),
    ):
        answer = world.admin("PATCH", place, json=values)
        assert answer.status_code == 200, answer.text
    return int(deal["id"])


Sorting = Callable[[World, str, str, tuple[int, int]], list[int] | None]
"""Two records in the order of a path, as somebody is shown them; None where the door does not say."""


def _rest_sort(world: World, name: str, sort: str, records: tuple[int, int]) -> list[int] | None:
    answer = world.program(name)("GET", "/deals", params={"where": _both(records), "sort": sort})
    return [each["id"] for each in answer.json()["data"]] if answer.status_code == 200 else None


def _list_sort(world: World, name: str, sort: str, records: tuple[int, int]) -> list[int] | None:
    page = world.browser(name).client.get("/app/deals", params={"where": _both(records), "sort": sort})
    return _in_order(page.text, [f'/app/deals/{each}"' for each in records], records)


def _export_sort(world: World, name: str, sort: str, records: tuple[int, int]) -> list[int] | None:
    address = f"/app/deals/export?where={quote(_both(records))}&sort={sort}&_columns=account.name"
    sent = {"_csrf": world.csrf(name), "format": "csv"}
    answer = world.browser(name).client.post(address, data=sent, follow_redirects=False)
    return _in_order(answer.text, ["Holder", "Rung"], records)


def _both(records: tuple[int, int]) -> str:
    return f"id in [{records[0]}, {records[1]}]"


def _in_order(text: str, marks: list[str], records: tuple[int, int]) -> list[int] | None:
    if any(mark not in text for mark in marks):
        return None
    return [each for _, each in sorted(zip(map(text.index, marks), records, strict=True))]


SORTING: tuple[Sorting, ...] = (_rest_sort, _list_sort, _export_sort)


def shown() -> Iterator[Extractor]:
    """Every door that shows a value of several records, or finds one by what is typed."""
    for way in WAYS:
        if "(" in way.path:
            continue
        values = ("max", "min", "sum", "avg") if way.is_number else ()
        asked = [f"group={way.path}&value=count()", f"fields={way.path}"]
        asked += [f"group=name&value={each}({way.path})" for each in values]
        for each in asked:
            yield Extractor(each.partition("(")[0], f"aggregate: {each}", _reading(each))
    for address in TYPED:
        yield Extractor(address, f"typed: {address}", _typing(address))


def _reading(asked: str) -> "Callable[[World, str, int, list[int]], Told]":
    def ask(world: World, name: str, record: int, known: list[int]) -> Told:
        world.probes += 1
        answer = world.program(name)("GET", f"/deals?{asked}&where={quote(f'id == {record}')}")
        if answer.status_code != 200:
            return None
        for number in NUMBERS:
            if digits(number) in answer.text or f"{number}" in answer.text.replace(str(record), ""):
                return digits(number)[len(known)] == "1"
        return None

    return ask


TYPED = (
    "/app/deals?_q={}",
    "/app/deals?secret={}",
    "/search?q={}",
    "/search/palette?q={}",
    "/app/notes/pick/deal?q={}",
    "/app/deals/pick?q={}",
)


def _typing(address: str) -> "Callable[[World, str, int, list[int]], Told]":
    def ask(world: World, name: str, record: int, known: list[int]) -> Told:
        world.probes += 1
        word = "b" + "".join(map(str, known)) + "1"
        page = world.browser(name).client.get(address.format(word))
        if page.status_code != 200:
            return None
        return f'deals/{record}"' in page.text or f'"{record}"' in page.text

    return ask


def extractors() -> list[Extractor]:
    """All of them."""
    return [*conditions(), *orders(), *shown()]


def one_of_each() -> list[Extractor]:
    """Every operator at the first door, the first operator at every other, and all that is no operator."""
    first, *others = (list(group) for _, group in groupby(conditions(), lambda each: each.door))
    return [*first, *(each[0] for each in others), *orders(), *shown()]
