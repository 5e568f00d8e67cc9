"""Guessing: nothing that one may ask tells two records apart that differ in what is hidden alone."""

from collections.abc import Iterator

import pytest

from tests.access.knocking import FULL
from tests.access.matrix import World

SECRETS = ("aaaa 1", "zzzz 2")
OPERATORS = (
    "{field} == 'aaaa 1'",
    "{field} != 'aaaa 1'",
    "{field} < 'mmmm'",
    "{field} >= 'mmmm'",
    "{field} in ['aaaa 1', 'x']",
    "contains({field}, 'aaaa')",
    "starts_with({field}, 'a')",
    "ends_with({field}, '1')",
    "matches({field}, '^a')",
    "len({field}) == 6",
    "left({field}, 1) == 'a'",
    "find({field}, 'a') == 1",
    "is_empty({field})",
    "concat({field}, 'x') == 'aaaa 1x'",
    "if_({field} == 'aaaa 1', true, false)",
    "default({field}, 'x') < 'mmmm'",
    "case({field} == 'aaaa 1', true, false)",
)
WAYS = (
    "secret",
    "summary",
    "whose",
    "account.secret",
    "note",
    "first(lines.secret)",
    "first(notes.deal.secret)",
    "lookup(deals, id == this.id, secret)",
    "lookup(deals, secret == this.secret, name)",
    "max(lines.secret)",
    "account.parent_account.secret",
)


@pytest.fixture(scope="session")
def standing_twins(standing_world: World) -> list[int]:
    """The ids of two open deals of a seller, alike but for what that seller may not see."""
    items = list(standing_world.items)
    ids = make_twins(standing_world)
    standing_world.items[:] = items
    return ids


@pytest.fixture
def twins(world: World, standing_twins: list[int]) -> tuple[World, list[int]]:
    """Their world, and they."""
    return world, standing_twins


def make_twins(world: World) -> list[int]:
    """Their ids."""
    ids = []
    for place, secret in enumerate(SECRETS):
        account = world.make("accounts", "sam", name=f"Twin {place}", secret=secret)
        values = {"name": "Twin", "secret": secret, "note": secret, "account": account.id, "stage": "open"}
        answer = world.admin(
            "POST",
            "/deals",
            json={
                **values,
                "owner": world.people["sam"].id,
                "lines": [{"name": "line", "secret": secret}],
            },
        )
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["data"]["id"])
        note = {"name": "of a twin", "deal": ids[-1], "owner": world.people["sam"].id}
        assert world.admin("POST", "/notes", json=note).status_code == 201
    return ids


def conditions() -> Iterator[str]:
    for way in WAYS:
        for operator in OPERATORS:
            yield operator.format(field=way)
    for way in ("lines", "notes", "others", "account.deals", "account.other_deals"):
        for operator in OPERATORS:
            inner = "deal.secret" if way == "notes" else "secret"
            yield f"exists({way}, {operator.format(field=inner)})"
            yield f"count({way}, {operator.format(field=inner)}) == 1"


def test_no_condition_tells_them_apart(twins: tuple[World, list[int]]) -> None:
    world, ids = twins
    sam, told, asked, read = world.program("sam"), [], 0, 0
    for condition in list(conditions())[:: 1 if FULL else 5]:
        answer = sam("GET", "/deals", params={"where": f"name == 'Twin' and ({condition})", "limit": 100})
        asked += 1
        assert answer.status_code in (200, 400), (condition, answer.text)
        if answer.status_code == 200:
            read += 1
            found = {each["id"] for each in answer.json()["data"]} & set(ids)
            if len(found) == 1:
                told.append(condition)
        for text in (f"{condition}", f"not ({condition})"):
            page = world.browser("sam").client.get(
                "/app/deals", params={"where": f"name == 'Twin' and ({text})"}
            )
            assert page.status_code < 500, (condition, page.text[:300])
            if (f'/app/deals/{ids[0]}"' in page.text) != (f'/app/deals/{ids[1]}"' in page.text):
                told.append(f"page: {text}")
    assert not told, "\n".join(told)
    assert asked > (300 if FULL else 60)
    assert read > 1, "some of them are about what one sees of other records, and are answered"


def test_no_order_and_no_group_tells_them_apart(twins: tuple[World, list[int]]) -> None:
    world, _ = twins
    sam = world.program("sam")
    for way in ("secret", "summary", "whose", "account.secret", "note", "lines.secret"):
        orders = set()
        for sign in ("", "-"):
            answer = sam("GET", "/deals", params={"sort": f"{sign}{way},name", "where": "name == 'Twin'"})
            if answer.status_code == 200:
                orders.add(tuple(each["id"] for each in answer.json()["data"]))
        assert len(orders) < 2 or way == "note", way
        for value in ("count()", f"max({way})", f"min({way})"):
            answer = sam("GET", "/deals", params={"group": way, "value": value, "where": "name == 'Twin'"})
            assert answer.status_code == 400 or len(answer.json()["data"]) == 1, (way, answer.text)
            answer = sam("GET", "/deals", params={"group": "name", "value": value})
            assert not any(secret in answer.text for secret in SECRETS)


def test_no_write_tells_whether_a_guess_is_right(twins: tuple[World, list[int]]) -> None:
    world, ids = twins
    sam = world.program("sam")

    def said(method: str, path: str, body: object) -> tuple[int, str]:
        answer = sam(method, path, json=body)
        text = answer.text
        for secret in (*SECRETS, "nope 3"):
            text = text.replace(secret, "guess")
        return answer.status_code, text

    guesses = (*SECRETS, "nope 3")
    for path, body in (
        (f"/deals/{ids[0]}", lambda guess: {"secret": guess}),
        (f"/deals/{ids[0]}", lambda guess: {"summary": guess}),
        (f"/deals/{ids[0]}", lambda guess: {"summary": f"Twin {guess}"}),
        (f"/deals/{ids[0]}", lambda guess: {"whose": f"by {guess}"}),
        (f"/deals/{ids[0]}", lambda guess: {"note": guess}),
        (f"/deals/{ids[0]}", lambda guess: {"account": {"match": {"secret": guess}}}),
        (f"/deals/{ids[0]}", lambda guess: {"others": [{"match": {"secret": guess}}]}),
        (f"/deals/{ids[0]}", lambda guess: {"lines": [{"secret": guess}]}),
    ):
        assert len({said("PATCH", path, body(guess)) for guess in guesses}) == 1, path
    theirs = world.make("accounts", "ceo", name="Theirs")
    for field, one in (
        ("account", theirs.id),
        ("others", [theirs.id]),
        ("account", {"match": {"name": "Theirs"}}),
    ):
        missing: object = 999_999 if isinstance(one, int) else [999_999] if isinstance(one, list) else None
        missing = {"match": {"name": "Nobody's"}} if missing is None else missing
        told = [said("PATCH", f"/deals/{ids[0]}", {field: each}) for each in (one, missing)]
        assert told[0][0] == told[1][0] == 422, told
        assert told[0][1].replace("Theirs", "Nobody's") == told[1][1]
    for body in (lambda guess: {"name": "x", "secret": guess}, lambda guess: {"name": "x", "summary": guess}):
        assert len({said("POST", "/deals", body(guess)) for guess in guesses}) == 1


def test_no_condition_tells_what_is_linked_to_what_one_may_not_read(twins: tuple[World, list[int]]) -> None:
    """One of each pair has something that leads to, or from, a record of somebody else; the other has not."""
    world, _ = twins
    sam, mine = world.program("sam"), world.people["sam"].id
    theirs = world.make("accounts", "ceo", name="Theirs").id
    pairs: dict[str, tuple[int, int]] = {}
    for module, given in (
        ("deals", {"account": theirs, "others": [theirs], "about": {"module": "accounts", "id": theirs}}),
        ("deals", {"hidden_others": [world.make("accounts", "sam", name="Own").id]}),
        ("accounts", {"parent_account": theirs}),
    ):
        ids = [
            world.make(module, "sam", name="Pair", stage="open", **more).id
            if module == "deals"
            else world.make(module, "sam", name="Pair", **more).id
            for more in (given, {})
        ]
        pairs[f"{module} {sorted(given)}"] = (ids[0], ids[1])
    led = world.make("accounts", "sam", name="Pair").id, world.make("accounts", "sam", name="Pair").id
    for field in ("account", "others", "hidden_others"):
        value = led[0] if field == "account" else [led[0]]
        answer = world.admin(
            "POST", "/deals", json={"name": "of the ceo", "owner": world.people["ceo"].id, field: value}
        )
        assert answer.status_code == 201, answer.text
    pairs["accounts led to"] = led
    conditions = {
        "deals": [
            *("is_empty(account)", f"account == {theirs}", f"account in [{theirs}]", "account.name != 'x'"),
            *(
                "is_empty(account.name)",
                "is_empty(account.parent_account)",
                "exists(others)",
                "count(others) == 1",
            ),
            *(
                f"{theirs} in others",
                "is_empty(others)",
                "exists(hidden_others)",
                "count(hidden_others) == 1",
            ),
            *("is_empty(hidden_others)", "exists(others, link.why != 'x')", "exists(account.deals)"),
        ],
        "accounts": [
            *(
                "is_empty(parent_account)",
                f"parent_account == {theirs}",
                "exists(daughters)",
                "count(deals) > 0",
            ),
            *(
                "exists(deals)",
                "exists(deals, name != 'x')",
                "exists(other_deals)",
                "count(other_deals) == 1",
            ),
            *(
                "exists(hidden_deals)",
                "is_empty(first(deals.name))",
                "is_empty(lookup(deals, account == this.id, name))",
            ),
            "is_empty(max(deals.name))",
        ],
    }
    told = []
    page = world.browser("sam").client.get("/app/deals?_q=Theirs").text
    if f'/app/deals/{next(iter(pairs.values()))[0]}"' in page:
        told.append("a search by what it is linked to")
    for name, pair in pairs.items():
        module = name.split()[0]
        for condition in conditions[module]:
            answer = sam("GET", f"/{module}", params={"where": condition, "limit": 500})
            found = {each["id"] for each in answer.json().get("data", ())} & set(pair)
            if len(found) == 1:
                told.append(f"{name}: {condition}")
    assert not told, "\n".join(told)
    assert mine


def test_no_search_finds_one_of_them(twins: tuple[World, list[int]]) -> None:
    world, ids = twins
    sam = world.browser("sam").client
    for address in (
        "/app/deals?_q={}",
        "/search?q={}",
        "/search/palette?q={}",
        "/app/accounts?_q={}",
        "/app/notes/pick/deal?q={}",
    ):
        for secret in (*SECRETS, "aaaa", "zz", "Twin aaaa"):
            page = sam.get(address.format(secret))
            assert page.status_code < 500
            assert not any(f"deals/{number}" in page.text for number in ids), (address, secret)
            assert "Twin 0" not in page.text
