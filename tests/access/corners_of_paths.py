"""Corners behind the doors: what conditions, orders, links and counts tell of records that one does not see.

Each makes records of its own that differ in one thing alone, which somebody sees of the one, and not of the
other.
"""

from collections.abc import Iterator

from tests.access.matrix import World


def of_what_relations_lead_to(world: World) -> Iterator[str]:
    """A relation to a record that is not seen is empty, of whatever kind it is; to one that is seen, not."""
    for owner, seen in (("ceo", False), ("sam", True)):
        account = world.make("accounts", owner, name=...).id
        for field, value in (
            ("account", account),
            ("others", [account]),
            ("about", {"module": "accounts", "id": account}),
        ):
            deal = _deal(world, "sam", **{field: value})
            if _finds(world, f"id == {deal} and not is_empty({field})") != ([deal] if seen else []):
                yield f"{field} is found as {not seen} where it leads to an account of {owner}"
            shown = world.program("sam")("GET", f"/deals/{deal}").json()["data"][field]
            if bool(shown) != seen:
                yield f"{field} is shown as {shown} where it leads to an account of {owner}"


def of_links_that_are_hidden(world: World) -> Iterator[str]:
    """The links of a field that is seen of won deals are no links of open ones, from neither end."""
    for stage, seen in (("open", False), ("won", True)):
        account = world.make("accounts", "sam", name=...).id
        deal = _deal(world, stage=stage, hidden_others=[account])
        if _finds(world, f"id == {deal} and not is_empty(hidden_others)") != ([deal] if seen else []):
            yield f"links of a {stage} deal are found as {not seen}"
        if bool(world.program("sam")("GET", f"/deals/{deal}").json()["data"]["hidden_others"]) != seen:
            yield f"links of a {stage} deal are shown as {not seen}"
        for where in ("exists(hidden_deals)", "count(hidden_deals) > 0"):
            found = _finds(world, f"id == {account} and {where}", "accounts")
            if found != ([account] if seen else []):
                yield f"{where}: a {stage} deal is counted as {not seen}"


def of_what_is_counted(world: World) -> Iterator[str]:
    """Of the deals of an account those are counted that one sees, and of their rows."""
    for owner, seen in (("ceo", False), ("sam", True)):
        account = world.make("accounts", "sam", name=...).id
        _deal(world, owner, account=account, others=[account], lines=[{"name": "counted"}])
        for where in (
            "exists(deals)",
            "count(deals) > 0",
            "exists(other_deals)",
            "exists(deals.lines)",
            "count(deals.lines, name == 'counted') > 0",
        ):
            found = _finds(world, f"id == {account} and {where}", "accounts")
            if found != ([account] if seen else []):
                yield f"{where}: a deal of {owner} is counted as {not seen}"


def of_orders_by_what_is_hidden(world: World) -> Iterator[str]:
    """In an order by what is not seen, deals stand as if there were nothing, each of them once."""
    hidden = world.make("accounts", "ceo", name=...).id
    ids = [_deal(world, name="In order", account=account) for account in (None, hidden, None)]
    for sort in ("account", "account.name", "-account"):
        for size in (1, 10):
            found, address = [], f"/deals?where=name == 'In order'&sort={sort}&limit={size}"
            answer = world.program("sam")("GET", address).json()
            found += [each["id"] for each in answer["data"]]
            while answer.get("next") and len(found) < 10:
                answer = world.program("sam")("GET", f"{address}&after={answer['next']}").json()
                found += [each["id"] for each in answer["data"]]
            if found != (ids[::-1] if sort[0] == "-" else ids):
                yield f"sorted by {sort}, {size} at a time: {found} of {ids}"
    for deal in ids:
        world.admin("DELETE", f"/deals/{deal}")


def _deal(world: World, owner: str = "sam", **values: object) -> int:
    given = {"name": "Led", "owner": world.people[owner].id, **values}
    made = world.admin("POST", "/deals", json=given)
    assert made.status_code == 201, made.text
    return int(made.json()["data"]["id"])


def _finds(world: World, where: str, module: str = "deals") -> list[int]:
    answer = world.program("sam")("GET", f"/{module}", params={"where": where})
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["data"]]
