"""How a value came about: on the card, in the change log, and on the command line."""

import html
import re

import pytest

from runtime.language.packs import standard_folder
from runtime.records.how_it_came import explained_fields
from tests.support.demo import fill
from tests.support.rest import make
from tests.support.screens import submit
from tests.support.shop import PACK, make_order
from tests.unit.records.terminal import Terminal


@pytest.fixture
def app(crm):
    return crm(PACK)


@pytest.fixture
def order(app):
    return make_order(app)


def rows(page):
    """The parts that a page explains: how deep they lie, text, value, and what it came from."""
    found = re.findall(r"<tr class=\"depth-(\d)\">(.*?)</tr>", page.text, re.DOTALL)
    return [(int(depth), *cells(row)) for depth, row in found]


def cells(row):
    """The texts of a row's cells."""
    found = re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
    texts = [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in found]
    return [text.replace(" ,", ",") for text in texts]


def test_a_card_leads_to_how_each_worked_out_value_came_about(app, order):
    page = app.sign_in().get(f"/app/orders/{order}")
    for field in ("total", "vat", "note"):
        assert f'href="/app/orders/{order}/explain/{field}"' in page.text
    assert f"/app/orders/{order}/explain/price" not in page.text


def test_each_part_is_shown_with_its_value_and_the_record_it_came_from(app, order):
    page = app.sign_in().get(f"/app/orders/{order}/explain/total")
    found = rows(page)
    assert found[0] == (0, "price * (100 - account.discount) / 100", "€180.00", "")
    account = next(row for row in found if row[1].startswith("account.discount"))
    assert account[2:] == ("10%", "Acme")
    assert re.search(r'href="/app/accounts/\d+">Acme</a>', page.text)
    assert "The formula total filled it when Admin saved on" in page
    assert "On this condition, which holds for the record as it stands:" in page


def test_the_values_of_rows_are_explained(app, order):
    browser = app.sign_in()
    found = rows(browser.get(row_link(browser, order)))
    assert [(text, value, source) for _, text, value, source in found] == [
        ("parent.price * qty", "€400.00", ""),
        ("parent.price Parent · Price", "€200.00", "Big"),
        ("qty Qty", "2", ""),
    ]


def row_link(browser, order):
    """The address that explains the cost of the first row of the card."""
    card = browser.get(f"/app/orders/{order}").text
    (link, _) = re.findall(r'href="(/app/order_items/\d+/explain/cost)"', card)
    return link


RIGHTS = """
    schemas/access/roles.yaml:
      seller: {profiles: [sales]}
    schemas/access/profiles/sales.yaml:
      modules: {"*": {read: true}}
      fields: {order_items.qty: {read: "=text == 'Chair'"}}
    schemas/access/sharing.yaml:
      default: {accounts: private, "*": read}
"""


def seller(app):
    """Sue's browser; she sees what the sellers may."""
    sue = app.user("sue@example.com", admin=False)
    app.program()("PATCH", f"/users/{sue}", json={"role": "seller"})
    return app.sign_in("sue@example.com", admin=False)


def test_a_row_is_explained_to_those_who_see_its_record(crm):
    app = crm(PACK + RIGHTS.replace("accounts: private", "orders: private"))
    link = row_link(app.sign_in(), make_order(app))
    assert seller(app).get(link).status == 404


def test_a_condition_that_does_not_hold_now_says_so(app, order):
    browser = app.sign_in()
    submit(browser, f"/app/orders/{order}/edit", {"stage": "won", "total": "5"})
    page = browser.get(f"/app/orders/{order}/explain/total")
    assert "On this condition, which does not hold for the record as it stands:" in page
    assert "Admin wrote it on" in page


def test_what_is_added_up_is_counted_and_its_first_records_are_named(app, order):
    page = app.sign_in().get(f"/app/orders/{order}/explain/note")
    total = next(row for row in rows(page) if row[1].startswith("sum(items.qty)"))
    assert total[2] == "5"
    assert "Records: 2" in total[3]
    assert "Chair, Desk" in total[3]


def test_the_change_log_says_what_filled_a_field(app, order):
    page = app.sign_in().get(f"/app/orders/{order}?tab=history")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))
    assert "Total €180.00 by the formula total" in text
    assert "Vat €51.00 by its default" in text
    assert "Price €200.00 by" not in text


def test_a_field_that_people_write_is_explained_to_nobody(app, order):
    browser = app.sign_in()
    assert browser.get(f"/app/orders/{order}/explain/price").status == 404
    assert browser.get(f"/app/orders/{order}/explain/nothing").status == 404
    assert browser.get("/app/orders/999/explain/total").status == 404


def test_what_one_may_not_read_is_not_shown(app, order, monkeypatch):
    from runtime.records.access import SignedIn, Verdict

    yes = SignedIn.may

    def may(self, actor, module, right, record=None, field=None):
        if (module, field) == ("accounts", "discount"):
            return Verdict(False, ())
        return yes(self, actor, module, right, record, field)

    monkeypatch.setattr(SignedIn, "may", may)
    page = app.sign_in("sue@example.com", admin=False).get(f"/app/orders/{order}/explain/total")
    found = {row[1].split(" ", 1)[0]: row[2] for row in rows(page) if row[0]}
    assert found["account.discount"] == "You may not read this."
    assert "10%" not in page
    whole = rows(page)[0]
    assert whole[2] == "€180.00"


def test_a_record_that_one_may_not_read_is_not_named_and_gives_no_value(crm):
    app = crm(PACK + RIGHTS)
    order = make_order(app)
    browser = seller(app)
    page = browser.get(f"/app/orders/{order}/explain/total")
    found = {row[1].split(" ", 1)[0]: row[2] for row in rows(page) if row[0] == 3}
    assert found["account.discount"] == "You may not read this."
    assert "Acme" not in page
    page = browser.get(f"/app/orders/{order}/explain/note")
    total = next(row for row in rows(page) if row[1].startswith("sum(items.qty)"))
    assert total[2] == "2", "the desks are not hers to know"


def test_the_command_line_explains_the_same(app, order, tmp_path, database_url):
    terminal = Terminal(tmp_path, database_url)
    code, said = terminal.run("explain", f"orders/{order}", "total")
    assert code == 0
    lines = [re.sub(r" {2,}", "  ", line.strip()) for line in said.splitlines()]
    assert lines[0] == f"orders/{order} Big: total is €180.00"
    assert lines[1].startswith("written by the formula total when Admin saved on ")
    assert "formula total (save)  formulas/orders.yaml:1:30" in lines
    assert "account.discount  = 10%  from Acme (accounts/" in said.replace("   ", "  ") or any(
        line.startswith("account.discount") and "= 10%" in line and "from Acme" in line for line in lines
    )
    assert any(line.startswith("stage != 'won'") and line.endswith("= Yes") for line in lines)


COMPUTED = """
    pack.yaml:
      title: Shop
      version: 1.0.0
      currency: EUR
      timezone: Europe/Helsinki
    schemas/modules/accounts.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        turnover: {type: money, formula: sum(orders.price)}
    schemas/modules/orders.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        account: {type: relation, module: accounts, inverse: orders}
        price: {type: money}
        due: {type: date}
        late: {type: boolean, formula: due < today()}
        advice: {type: text, formula: "if_(late, 'Remind', 'Wait')"}
"""


@pytest.fixture
def shop(crm):
    app = crm(COMPUTED)
    program = app.program()
    acme = make(program, "accounts", name="Acme")["id"]
    for number in range(7):
        make(program, "orders", name=f"Order {number}", account=acme, price=str(number), due="2020-01-01")
    return app


def test_a_computed_field_is_explained_by_its_own_formula(shop):
    acme = shop.program()("GET", "/accounts").json()["data"][0]["id"]
    page = shop.sign_in().get(f"/app/accounts/{acme}/explain/turnover")
    (whole,) = rows(page)
    assert whole[:3] == (0, "sum(orders.price)", "€21.00")
    assert whole[3].startswith("Records: 7 Order 0, Order 1,")
    assert whole[3].endswith("Order 4")
    assert "Computed field" in page
    assert "It was worked out when Admin saved on" in page
    assert "worked out" in shop.sign_in().get(f"/app/accounts/{acme}?tab=history")


def test_a_virtual_field_is_one_part_of_what_reads_it(shop):
    order = shop.program()("GET", "/orders").json()["data"][0]["id"]
    browser = shop.sign_in()
    found = rows(browser.get(f"/app/orders/{order}/explain/advice"))
    assert [(depth, text, value) for depth, text, value, _ in found] == [
        (0, "if_(late, 'Remind', 'Wait')", "Remind"),
        (1, "late", "Yes"),
    ]
    found = rows(browser.get(f"/app/orders/{order}/explain/late"))
    assert [row[1].split(" ")[0] for row in found] == ["due", "due", "today()"]


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_every_worked_out_field_of_the_standard_pack_can_be_explained(crm):
    folder = standard_folder()
    assert folder is not None
    app = crm(pack=folder)
    fill(app.site, 100)
    browser, program = app.sign_in("tester@example.com"), app.program("tester@example.com")
    explained = 0
    for module in app.site.live.catalog.modules.values():
        fields = explained_fields(module)
        if module.parent is not None or module.system or not fields:
            continue
        for record in program("GET", f"/{module.key}?limit=2").json()["data"]:
            for field in fields:
                page = browser.get(f"/app/{module.key}/{record['id']}/explain/{field}")
                assert page.status == 200, (module.key, field, page.text[:500])
                explained += 1
    assert explained > 20
