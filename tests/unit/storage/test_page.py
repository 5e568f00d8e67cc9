"""Pages: columns through relations, conditions, order with empties last, and cursors in both directions."""

import base64
import json
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from runtime.model.values import Money, Ref
from runtime.storage.errors import InvalidCursorError, UnsortableError
from tests.unit.storage.shop import NOW, Shop, moment


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def test_values_are_canonical_whatever_the_database(shop):
    [deal] = shop.add(
        "deals",
        {
            "name": "Big",
            "stage": "won",
            "tags": ("open", "lost"),
            "amount": eur("12.50"),
            "probability": Decimal("99.90"),
            "close_date": date(2026, 2, 28),
            "hot": True,
        },
    )
    page = shop.page(
        "deals",
        "id name stage stage.probability tags amount probability close_date hot created_at account contacts",
    )
    [row] = page.rows
    assert row.id == deal
    assert row.values == (
        *(deal, "Big", "won", 100, ("open", "lost"), eur("12.50"), Decimal("99.90")),
        *(date(2026, 2, 28), True, NOW, None, ()),
    )
    assert (page.next, page.previous) == (None, None)


def test_empty_values_are_none(shop):
    shop.add("deals", {"name": "Bare"})
    [row] = shop.page("deals", "stage stage.kind tags amount probability close_date hot number owner").rows
    assert row.values == (None, None, (), None, None, None, None, None, None)


def test_a_relation_comes_with_its_title_and_a_path_walks_it(shop):
    [top] = shop.add("accounts", {"name": "Top", "industry": "steel"})
    [sub] = shop.add("accounts", {"name": "Sub", "parent": top})
    shop.add("deals", {"name": "One", "account": sub}, {"name": "None"})
    rows = shop.page("deals", "name account account.parent account.parent.industry", sort="name").rows
    assert [row.values for row in rows] == [
        ("None", None, None, None),
        ("One", Ref("accounts", sub, "Sub"), Ref("accounts", top, "Top"), "steel"),
    ]


def test_an_owner_is_a_user_or_a_group(shop):
    [user] = shop.add("users", {"name": "Ada", "email": "ada@example.com"})
    [group] = shop.add("groups", {"name": "Sales"})
    shop.add("deals", {"name": "1", "owner": user}, {"name": "2", "owner": group}, {"name": "3"})
    owners = [row.values[0] for row in shop.page("deals", "owner", sort="name").rows]
    assert owners == [Ref("users", user, "Ada"), Ref("groups", group, "Sales"), None]
    assert shop.names("deals", "owner.name == 'Sales'") == ["2"]
    names = [row.values[0] for row in shop.page("deals", "owner.name", sort="name").rows]
    assert names == ["Ada", "Sales", None]
    assert shop.names("deals", sort="owner") == ["1", "2", "3"]


def test_a_title_of_several_parts_leaves_out_what_is_empty(shop):
    both, last, neither = shop.add(
        "contacts", {"first_name": "Ada", "last_name": "Lee"}, {"last_name": "Kay"}, {"account": None}
    )
    with shop.database.read() as connection:
        titles = shop.reader.titles(connection, "contacts", [both, last, neither, 999])
    assert titles == {both: "Ada Lee", last: "Kay", neither: f"#{neither}"}


def test_links_come_in_their_order_by_one_statement_however_many_rows(shop):
    ada, bob, gone = shop.add(
        "contacts", {"first_name": "Ada"}, {"first_name": "Bob"}, {"first_name": "Gone", "deleted_at": NOW}
    )
    [paper] = shop.add("files", {"name": "offer.pdf"})
    shop.add(
        "deals", *({"name": f"{n:03}", "contacts": (bob, ada, gone), "papers": (paper,)} for n in range(60))
    )
    shop.page("deals", "name contacts papers")
    statements: list[str] = []
    with shop.database.read() as connection:
        if shop.database.dialect == "sqlite":
            connection.connection.driver_connection.set_trace_callback(statements.append)
        page = shop.reader.page(connection, shop.query("deals", "name contacts papers"), moment())
        if shop.database.dialect == "sqlite":
            connection.connection.driver_connection.set_trace_callback(None)
            assert len(statements) == 3
    assert {row.values[1:] for row in page.rows} == {
        ((Ref("contacts", bob, "Bob"), Ref("contacts", ada, "Ada")), (Ref("files", paper, "offer.pdf"),))
    }


def test_links_behind_a_relation_are_those_of_the_record_there(shop):
    [deal] = shop.add("deals", {"name": "D", "contacts": shop.add("contacts", {"first_name": "Ada"})})
    shop.add("items", {"name": "I", "parent": deal})
    [row] = shop.page("items", "parent.contacts").rows
    assert [ref.title for ref in row.values[0]] == ["Ada"]


def test_conditions_read_fields_paths_links_and_picklist_attributes(shop):
    [acme] = shop.add("accounts", {"name": "Acme", "industry": "steel"})
    [ada] = shop.add("contacts", {"first_name": "Ada"})
    shop.add(
        "deals", {"name": "A", "account": acme, "stage": "open", "amount": eur("10"), "contacts": (ada,)}
    )
    shop.add("deals", {"name": "B", "stage": "won", "amount": eur("20"), "close_date": date(2026, 3, 1)})
    assert shop.names("deals", "account.industry == 'steel'") == ["A"]
    assert shop.names("deals", "stage.kind == 'won'") == ["B"]
    assert shop.names("deals", "amount > 15") == ["B"]
    assert shop.names("deals", "close_date == today()") == ["B"]
    assert shop.names("deals", f"{ada} in contacts") == ["A"]
    assert shop.names("deals", "is_empty(contacts)") == ["B"]
    assert shop.names("deals", "not is_empty(contacts) or stage == 'won'", sort="name") == ["A", "B"]


def test_rights_are_one_more_condition(shop):
    shop.add("deals", {"name": "A", "hot": True}, {"name": "B", "hot": False})
    assert shop.names("deals", "name != 'x'", rights=(shop.expression("deals", "hot"),)) == ["A"]


def test_a_statement_is_remembered_and_yet_follows_the_user_and_the_day(shop):
    ada, bob = shop.add("users", {"name": "Ada"}, {"name": "Bob"})
    shop.add("deals", {"name": "A", "owner": ada}, {"name": "B", "owner": bob})
    query = shop.query("deals", "name", "owner == user")
    with shop.database.read() as connection:

        def names(user: int | None) -> list[object]:
            at = moment(None if user is None else {"id": user, "role": None, "groups": []})
            return [row.values[0] for row in shop.reader.page(connection, query, at).rows]

        for _ in range(2):
            assert (names(ada), names(bob), names(None)) == (["A"], ["B"], [])


def test_deleted_records_are_left_out_alone_or_among_the_others(shop):
    shop.add("deals", {"name": "Here"}, {"name": "Gone", "deleted_at": NOW})
    assert shop.names("deals") == ["Here"]
    assert shop.names("deals", deleted="only") == ["Gone"]
    assert shop.names("deals", deleted="any", sort="name") == ["Gone", "Here"]


def test_archived_records_are_in_unless_it_is_said(shop):
    shop.add("deals", {"name": "Here"}, {"name": "Old", "archived_at": NOW})
    assert shop.names("deals", sort="name") == ["Here", "Old"]
    assert shop.names("deals", archived="no") == ["Here"]


def test_only_the_ids_that_are_named_may_be_found(shop):
    ids = shop.add("deals", {"name": "A"}, {"name": "B"}, {"name": "C"})
    assert shop.names("deals", ids=(ids[0], ids[2], 10**15), sort="name") == ["A", "C"]
    assert shop.names("deals", ids=()) == []


def test_without_an_order_the_newest_comes_first(shop):
    shop.add("deals", {"name": "A"}, {"name": "B"}, {"name": "C"})
    assert shop.names("deals") == ["C", "B", "A"]
    assert shop.names("deals", sort="id") == ["A", "B", "C"]


EMPTIES_LAST = {
    "amount": "lo mid mid2 hi none",
    "-amount": "hi mid2 mid lo none",
    "stage": "mid lo mid2 hi none",
    "-stage": "hi mid2 lo mid none",
    "stage.probability": "mid lo none mid2 hi",
    "-stage.probability": "lo mid hi mid2 none",
    "hot name": "lo mid hi mid2 none",
    "-hot -name": "mid lo none mid2 hi",
}


@pytest.mark.parametrize("sort", EMPTIES_LAST)
def test_empties_come_last_both_ways_and_the_id_breaks_ties_in_the_direction_of_the_order(shop, sort):
    shop.add(
        "deals",
        {"name": "none"},
        {"name": "mid", "amount": eur("5"), "stage": "open", "hot": True},
        {"name": "mid2", "amount": eur("5"), "stage": "lost"},
        {"name": "hi", "amount": eur("9.99"), "stage": "lost"},
        {"name": "lo", "amount": eur("-1"), "stage": "won", "hot": False},
    )
    assert shop.names("deals", sort=sort) == EMPTIES_LAST[sort].split()


def test_text_sorts_by_letters_and_a_relation_by_its_title(shop):
    names = ["Zeta", "ärla", "Östen", "alpha", "Beta", "Åse", "éclair", "delta"]
    for name, account in zip(names, shop.add("accounts", *({"name": name} for name in names)), strict=True):
        shop.add("deals", {"name": name, "account": account})
    expected = ["alpha", "Beta", "delta", "éclair", "Zeta", "Åse", "ärla", "Östen"]
    assert shop.names("deals", sort="name") == expected
    assert shop.names("deals", sort="account") == expected
    assert shop.names("deals", sort="-account") == expected[::-1]


def test_links_have_no_order_to_sort_by(shop):
    with pytest.raises(UnsortableError, match="contacts"):
        shop.page("deals", "name", sort="contacts")


SORTS = (
    *("", "id", "-id", "amount", "-amount", "name", "-name", "stage amount", "-stage name"),
    *("-close_date -amount name", "account", "-account close_date", "account.parent", "created_at"),
    *("-updated_at amount", "hot -id", "stage.probability", "-account.industry -name"),
)


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_pages_forward_and_backward_show_every_record_once_in_the_order_of_the_whole(shop, limit):
    accounts = shop.add("accounts", *({"name": name} for name in ("Acme", "ärla", "Beta")))
    shop.add(
        "deals",
        *(
            {
                "name": f"deal {n % 7}{'' if n % 2 else 'Ä'}{n}",
                "amount": None if n % 5 == 0 else eur(f"{n % 4}.25"),
                "stage": (None, "open", "won")[n % 3],
                "close_date": None if n % 3 == 0 else date(2026, 1, 1 + n % 3),
                "account": None if n % 4 == 0 else accounts[n % 3],
                "hot": (None, True, False)[n % 3],
            }
            for n in range(13)
        ),
    )
    for sort in SORTS:
        _walk_both_ways(shop, sort, limit)


def _walk_both_ways(shop: Shop, sort: str, limit: int) -> None:
    whole = [row.id for row in shop.page("deals", sort=sort, limit=1000).rows]
    assert len(whole) == len(set(whole)) == 13
    pages = [shop.page("deals", sort=sort, limit=limit)]
    while pages[-1].next:
        pages.append(shop.page("deals", sort=sort, limit=limit, after=pages[-1].next))
    assert [row.id for page in pages for row in page.rows] == whole, sort
    assert all(len(page.rows) == limit for page in pages[:-1])
    assert pages[0].previous is None
    back = [pages[-1]]
    while back[-1].previous:
        back.append(shop.page("deals", sort=sort, limit=limit, after=back[-1].previous, backwards=True))
    assert [row.id for page in reversed(back) for row in page.rows] == whole, sort
    assert all(page.next for page in back[1:])
    last = shop.page("deals", sort=sort, limit=limit, backwards=True)
    assert [row.id for row in last.rows] == whole[-limit:], sort
    assert last.next is None


def test_a_place_stays_good_when_its_record_is_gone(shop):
    ids = shop.add("deals", *({"name": f"{n}"} for n in range(5)))
    page = shop.page("deals", "name", sort="name", limit=2)
    kept = shop.tables.module("deals")
    with shop.database.write() as tx:
        tx.connection.execute(kept.table.update().where(kept.table.c.id == ids[1]).values(deleted_at=NOW))
    assert shop.names("deals", sort="name", after=page.next) == ["2", "3", "4"]


BAD = ["", "x", "%%%", "a" * 5000, "W10", "WzEsIngiLDFd", "bnVsbA", "MQ", "AAAA", "é", "W" * 4000, "IjEi"]


@pytest.mark.parametrize("cursor", BAD)
def test_a_cursor_that_nobody_gave_is_refused_in_a_sentence(shop, cursor):
    with pytest.raises(InvalidCursorError, match="begin at the first page"):
        shop.page("deals", sort="name", after=cursor)


def test_a_cursor_of_another_list_is_refused(shop):
    shop.add("deals", {"name": "A"}, {"name": "B"})
    shop.add("accounts", {"name": "A"}, {"name": "B"})
    cursor = shop.page("deals", sort="name", limit=1).next
    assert shop.page("deals", sort="name", limit=1, after=cursor).rows
    for module, sort in (("deals", "-name"), ("deals", ""), ("deals", "name amount"), ("accounts", "name")):
        with pytest.raises(InvalidCursorError):
            shop.page(module, sort=sort, after=cursor)


def test_altering_any_part_of_a_cursor_never_reaches_the_database_as_an_error(shop):
    shop.add("deals", {"name": "A", "amount": eur("1"), "close_date": date(2026, 1, 1)}, {"name": "B"})
    hostile: list[object] = ["", "x", "\0", "\ud800", -1, 0, 2**63, 10**400, 1.5, True, None, [], {}]
    hostile += ["1e999", "NaN", "9" * 50, "-0.001", "2026-13-01", "2026-01-01T00:00:00", "0001-01-01"]
    hostile += ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00"]
    for sort in ("name", "amount", "close_date", "created_at", "hot", "stage", "-version", "id"):
        cursor = shop.page("deals", sort=sort, limit=1).next
        data = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        for index in range(len(data)):
            for value in hostile:
                altered = [*data[:index], value, *data[index + 1 :]]
                text = base64.urlsafe_b64encode(json.dumps(altered).encode()).decode().rstrip("=")
                try:
                    shop.page("deals", sort=sort, after=text)
                except InvalidCursorError:
                    continue


def test_a_page_has_1000_rows_at_most_and_one_at_least(shop):
    shop.add("deals", *({"name": f"{n}"} for n in range(1005)))
    assert len(shop.page("deals", limit=10**6).rows) == 1000
    assert len(shop.page("deals", limit=0).rows) == 1


def test_counting_stops_at_the_cap(shop):
    shop.add("deals", *({"name": f"{n}", "hot": n % 2 == 0} for n in range(9)))
    with shop.database.read() as connection:

        def count(cap: int | None, where: str | None = None) -> tuple[int, bool]:
            found = shop.reader.count(connection, shop.query("deals", where=where), moment(), cap)
            return found.n, found.capped

        assert count(1000) == (9, False)
        assert count(9) == (9, False)
        assert count(8) == (8, True)
        assert count(None) == (9, False)
        assert count(1000, "hot") == (5, False)
        assert count(1000, "account.name == 'x'") == (0, False)


def test_a_failing_statement_is_sqlalchemy_s_error(shop):
    shop.page("deals", "name")
    with shop.database.write() as tx:  # a table that is gone, under a statement that is remembered
        tx.connection.exec_driver_sql("ALTER TABLE deals RENAME TO elsewhere")
    with pytest.raises(DBAPIError):
        shop.page("deals", "name")


def test_a_query_never_puts_a_value_into_its_sql(shop):
    seen: list[str] = []
    event.listen(shop.database._writing, "before_cursor_execute", lambda *a: seen.append(a[2]))
    evil = "'; DROP TABLE deals; --"
    shop.add("deals", {"name": evil})
    assert shop.names("deals", f'name == "{evil}"', search=evil) == [evil]
    assert not any("DROP" in sql for sql in seen)
