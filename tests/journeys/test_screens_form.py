"""A form makes and changes records: it keeps what was typed, names each mistake, and overwrites nothing."""

import html
import re

import pytest

from tests.support.crm import Page
from tests.support.screens import PACK, make, record, sheet, submit

FULL = {
    "name": "Chairs",
    "amount": "1,234.50",
    "probability": "25.5",
    "rate": "0.125",
    "seats": "12",
    "signed": ["false", "true"],
    "topics": ["", "sales", "training"],
    "close_date": "2026-01-31",
    "met_at": "2026-01-31T22:30",
    "email": "ada@example.com",
    "phone": "+358 40 123 4567",
    "site": "https://example.com",
    "notes": "one\r\ntwo",
}


@pytest.fixture
def app(crm):
    return crm(PACK)


def number_of(page):
    return int(page.path.rsplit("/", 1)[1])


def summary(page):
    (listed,) = re.findall(r'id="errors".*?<ul>(.*?)</ul>', page.text, re.DOTALL)
    return [html.unescape(text) for text in re.findall(r"<li>(?:<a[^>]*>)?(.*?)(?:</a>)?</li>", listed)]


def test_a_new_record_begins_with_its_defaults_and_its_maker(app):
    values = sheet(app.sign_in().get("/app/deals/new")).values
    assert values["stage"] == ["open"]
    assert values["owner:text"] == ["Admin"]
    assert values["_version"] == [""]
    assert "source" not in values
    assert "lost_reason" not in values


def test_a_record_is_made_with_every_kind_of_field(app):
    browser = app.sign_in()
    page = submit(browser, "/app/deals/new", FULL)
    assert page.status == 200
    assert "Created." in page
    made = record(app, "deals", number_of(page))
    assert made["amount"] == {"amount": "1234.50", "currency": "EUR"}
    assert made["met_at"] == "2026-01-31T20:30:00Z"
    assert (made["probability"], made["rate"], made["seats"], made["signed"]) == ("25.50", "0.125", 12, True)
    assert (made["topics"], made["notes"], made["source"]) == (["sales", "training"], "one\ntwo", "screen")
    assert made["owner"]["title"] == "Admin"
    assert made["number"] == "D-0001"


def test_each_mistake_stands_at_its_field_and_in_the_summary_and_what_was_typed_is_kept(app):
    browser = app.sign_in()
    page = submit(
        browser,
        "/app/deals/new",
        {
            "name": "",
            "amount": "lots",
            "probability": "250",
            "seats": "1.5",
            "close_date": "soon",
            "email": "ada",
            "site": "javascript:alert(1)",
            "notes": "kept",
            "topics": ["", "service"],
            "signed": ["false", "true"],
        },
    )
    assert page.status == 422
    assert page.error("name") == "Name is required."
    for field in ("amount", "probability", "seats", "close_date", "email", "site"):
        assert page.error(field), field
    assert page.error("notes") is None
    assert len(summary(page)) == 7
    assert "Name is required." in summary(page)
    values = sheet(page).values
    assert (values["amount"], values["probability"], values["notes"]) == (["lots"], ["250"], ["kept"])
    assert (values["topics"], values["signed"]) == (["", "service"], ["false", "true"])
    assert 'aria-invalid="true"' in page.text
    assert '<a href="#name">Name is required.</a>' in page.text
    assert app.program()("GET", "/deals?count=exact").json()["count"] == 0


def test_an_unchanged_form_writes_nothing(app):
    number = make(
        app,
        "deals",
        name="Chairs",
        account=make(app, "accounts", name="Acme"),
        people=[{"id": make(app, "people", last_name="Lind"), "role": "buyer", "share": "10"}],
        amount="1234.5",
        probability="25.5",
        rate="7",
        seats=3,
        topics=["sales"],
        met_at="2026-01-31T20:30:15.123456Z",
        close_date="2026-01-31",
        notes="\none\ntwo\n\nthree",
        phone="+358401234567",
        items=[{"product": "Chair", "quantity": "2.50", "price": "3"}, {"product": "Desk"}],
    )
    before = record(app, "deals", number)
    assert before["signed"] is None
    browser = app.sign_in()
    page = submit(browser, f"/app/deals/{number}/edit")
    assert "Nothing was changed." in page
    assert record(app, "deals", number) == before
    assert browser.get(f"/app/deals/{number}?tab=history").text.count("<strong>") < 6
    changed = submit(browser, f"/app/deals/{number}/edit", {"rate": "7.001"})
    assert "Saved." in changed
    after = record(app, "deals", number)
    assert after["version"] == before["version"] + 1
    assert (after["met_at"], after["rate"], after["signed"]) == (before["met_at"], "7.001", None)
    assert after["items"] == before["items"]


def test_a_browser_s_shorter_moment_is_no_change(app):
    number = make(app, "deals", name="Chairs", met_at="2026-01-31T20:30:15.120Z")
    version = record(app, "deals", number)["version"]
    browser = app.sign_in()
    assert sheet(browser.get(f"/app/deals/{number}/edit")).values["met_at"] == ["2026-01-31T22:30:15.120"]
    submit(browser, f"/app/deals/{number}/edit", {"met_at": "2026-01-31T22:30:15.12"})
    assert record(app, "deals", number)["version"] == version


def test_a_stale_form_shows_both_values_and_overwrites_nothing(app):
    first, second = (make(app, "accounts", name=name) for name in ("Acme", "Ace"))
    number = make(
        app, "deals", name="Chairs", account=first, amount="100", items=[{"product": "Chair", "quantity": 1}]
    )
    browser = app.sign_in()
    page = browser.get(f"/app/deals/{number}/edit")
    app.program()("PATCH", f"/deals/{number}", json={"amount": "150", "notes": "theirs"})
    key = next(name for name in sheet(page).values if name.endswith(".product"))
    late = submit(
        browser, page, {"amount": "120", "account": str(second), "account:text": "Ace", key: "Stool"}
    )
    assert late.status == 409
    assert "Somebody else saved first" in late
    rows = re.findall(
        r'<tr><td class="title">(.*?)</td>.*?"long">(.*?)</div>.*?"long">(.*?)</div>', late.text
    )
    assert rows == [
        ("Account", "Ace", "Acme"),
        ('Amount <span class="badge c-orange">collides</span>', "€120.00", "€150.00"),
        ("Items", "Stool · 1.00", "Chair · 1.00"),
    ]
    assert record(app, "deals", number)["amount"]["amount"] == "150.00"
    assert record(app, "deals", number)["notes"] == "theirs"


def test_a_form_without_its_version_is_refused(app):
    number = make(app, "accounts", name="Acme")
    browser = app.sign_in()
    page = submit(browser, f"/app/accounts/{number}/edit", {"_version": "", "name": "Ace"})
    assert page.status == 400
    assert record(app, "accounts", number)["name"] == "Acme"


def test_a_block_whose_condition_does_not_hold_stays_out_of_the_form(app):
    number = make(app, "deals", name="Chairs", stage="lost", lost_reason="Price")
    browser = app.sign_in()
    assert sheet(browser.get(f"/app/deals/{number}/edit")).values["lost_reason"] == ["Price"]
    assert "Saved." in submit(browser, f"/app/deals/{number}/edit", {"stage": "won"})
    assert "lost_reason" not in sheet(browser.get(f"/app/deals/{number}/edit")).values
    submit(browser, f"/app/deals/{number}/edit", {"name": "Stools"})
    assert record(app, "deals", number)["lost_reason"] == "Price"


def test_a_hidden_block_stands_when_something_in_it_must_be_filled_in(crm):
    app = crm("""
        schemas/modules/deals.yaml:
          fields:
            name: {type: text}
            other: {type: relation, module: deals}
            reason: {type: text, required: true}
            more: {type: text}
        schemas/layouts/deals.yaml:
          card:
            tabs:
              one:
                a: {fields: [name, other]}
                b: {label: Why, fields: [reason], when: name == 'x'}
                c: {label: More, fields: [more], when: other.name == 'x'}
    """)
    browser = app.sign_in()
    values = sheet(browser.get("/app/deals/new")).values
    assert "reason" in values
    assert "more" not in values
    other = make(app, "deals", name="x", reason="y")
    assert "more" in sheet(browser.get(f"/app/deals/new?other={other}")).values
    number = make(app, "deals", name="z", reason="y", other=other)
    assert "more" in sheet(browser.get(f"/app/deals/{number}/edit")).values


def test_read_only_fields_and_numbers_are_shown_and_never_written(crm):
    app = crm("""
        schemas/modules/deals.yaml:
          fields:
            name: {type: text}
            code: {type: auto_number, format: "C{seq:3}"}
            source: {type: text, readonly: true, default: screen}
    """)
    browser = app.sign_in()
    page = browser.get("/app/deals/new")
    assert "Given when saved" in page
    assert "code" not in sheet(page).values
    made = submit(browser, page, {"name": "A", "source": "forged", "code": "C999"})
    number = number_of(made)
    assert (record(app, "deals", number)["source"], record(app, "deals", number)["code"]) == (
        "screen",
        "C001",
    )
    edit = browser.get(f"/app/deals/{number}/edit")
    assert "C001" in edit
    assert "screen" in edit


def test_a_field_s_help_stands_under_it_and_is_tied_to_it(app):
    page = app.sign_in().get("/app/accounts/new")
    assert "As in the register." in page
    assert 'aria-describedby="name-help"' in page.text


def test_a_relation_is_picked_by_its_id_or_typed_by_its_exact_title(app):
    account = make(app, "accounts", name="Acme")
    other = make(app, "accounts", name="Ace Oy")
    browser = app.sign_in()
    picked = submit(browser, "/app/deals/new", {"name": "A", "account": str(account), "account:text": "Acme"})
    assert record(app, "deals", number_of(picked))["account"]["id"] == account
    typed = submit(browser, f"{picked.path}/edit", {"account:text": "Ace Oy"})
    assert record(app, "deals", number_of(typed))["account"]["id"] == other
    wrong = submit(browser, f"{picked.path}/edit", {"account:text": "Ace"})
    assert wrong.status == 422
    assert wrong.error("account") == 'There is no record called "Ace".'
    assert sheet(wrong).values["account:text"] == ["Ace"]
    make(app, "accounts", name="Ace Oy")
    same = submit(browser, f"{picked.path}/edit", {"account": "", "account:text": "Ace Oy"})
    assert same.error("account") == '2 records are called "Ace Oy". Choose one of the list.'
    digits = submit(browser, f"{picked.path}/edit", {"account": "", "account:text": str(account)})
    assert digits.status == 422
    assert "Saved." in submit(browser, f"{picked.path}/edit", {"account:text": ""})
    assert record(app, "deals", number_of(picked))["account"] is None
    for forged in ("999999", str(make(app, "deals", name="No account")), "x", "-1", "9" * 30):
        page = submit(browser, f"{picked.path}/edit", {"account": forged, "account:text": None})
        assert page.status == 422, forged
        assert page.error("account"), forged


def test_the_owner_may_be_a_user_or_a_group(app):
    group = make(app, "groups", name="Sales")
    browser = app.sign_in()
    page = submit(browser, "/app/deals/new", {"name": "A", "owner": "", "owner:text": "Sales"})
    assert record(app, "deals", number_of(page))["owner"]["id"] == group


def test_links_carry_their_attributes_through_the_form(app):
    ada, bob = (make(app, "people", first_name=first, last_name="Lind") for first in ("Ada", "Bob"))
    browser = app.sign_in()
    page = submit(browser, "/app/deals/new", {"name": "A", "people:text": "Ada Lind"})
    number = number_of(page)
    edit = browser.get(f"/app/deals/{number}/edit")
    assert sheet(edit).options[f"people.{ada}.role"] == ["", "buyer", "decision_maker"]
    submit(browser, edit, {f"people.{ada}.role": "buyer", f"people.{ada}.share": "12.5"})
    people = record(app, "deals", number)["people"]
    assert people == [{"id": ada, "title": "Ada Lind", "role": "buyer", "share": "12.50"}]
    added = {
        "people": ["", str(ada), str(bob)],
        f"people.{bob}.id": str(bob),
        f"people.{bob}.role": "decision_maker",
    }
    card = submit(browser, f"/app/deals/{number}/edit", added)
    assert "Bob Lind Decision maker" in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", card.text))
    wrong = submit(browser, f"/app/deals/{number}/edit", {f"people.{bob}.share": "much"})
    assert wrong.status == 422
    assert wrong.error("people")
    assert sheet(wrong).values[f"people.{bob}.share"] == ["much"]
    submit(browser, f"/app/deals/{number}/edit", {"people": ["", str(bob)]})
    assert [each["id"] for each in record(app, "deals", number)["people"]] == [bob]


def test_rows_are_added_moved_and_deleted_without_javascript(app):
    maker = make(app, "accounts", name="Maker")
    browser = app.sign_in()
    page = submit(browser, "/app/deals/new", {"name": "Chairs", "_rows": "items:add"})
    assert page.status == 200
    assert sheet(page).values["items.n0.quantity"] == ["1.00"]
    assert sheet(page).values["name"] == ["Chairs"]
    page = submit(
        browser, page, {"items.n0.product": "Chair", "items.n0.quantity": "x", "_rows": "items:add"}
    )
    page = submit(
        browser, page, {"items.n1.product": "Desk", "items.n1.maker:text": "Maker", "_rows": "items:up:n1"}
    )
    assert sheet(page).values["items"] == ["", "n1", "n0"]
    wrong = submit(browser, page)
    assert wrong.status == 422
    assert wrong.error("items.n0.quantity")
    assert sheet(wrong).values["items.n1.maker:text"] == ["Maker"]
    made = submit(browser, wrong, {"items.n0.quantity": "2"})
    number = number_of(made)
    rows = record(app, "deals", number)["items"]
    assert [(row["product"], row["quantity"]) for row in rows] == [("Desk", "1.00"), ("Chair", "2.00")]
    assert rows[0]["maker"]["id"] == maker
    edit = browser.get(f"/app/deals/{number}/edit")
    keys = sheet(edit).values["items"][1:]
    moved = submit(browser, edit, {"_rows": f"items:down:{keys[0]}"})
    fewer = submit(browser, moved, {"_rows": f"items:delete:{keys[0]}"})
    more = submit(browser, fewer, {"_rows": "items:add"})
    more = submit(browser, more, {"items.n0.product": "Lamp", f"items.{keys[1]}.price": "9.90"})
    after = record(app, "deals", number)["items"]
    assert [row["product"] for row in after] == ["Chair", "Lamp"]
    assert after[0]["id"] == rows[1]["id"]
    assert after[0]["price"]["amount"] == "9.90"


def test_a_form_that_does_not_speak_of_rows_leaves_them(app):
    number = make(app, "deals", name="Chairs", items=[{"product": "Chair"}])
    browser = app.sign_in()
    form = sheet(browser.get(f"/app/deals/{number}/edit"))
    sent = {name: form.values[name] for name in ("_csrf", "_version")}
    Page(browser.client.post(form.action, data={**sent, "name": "Stools"}))
    after = record(app, "deals", number)
    assert (after["name"], len(after["items"])) == ("Stools", 1)


def test_another_record_s_row_is_not_taken(app):
    mine = make(app, "deals", name="Mine", items=[{"product": "Chair"}])
    theirs = make(app, "deals", name="Theirs", items=[{"product": "Desk"}])
    row = record(app, "deals", theirs)["items"][0]["id"]
    browser = app.sign_in()
    page = submit(
        browser,
        f"/app/deals/{mine}/edit",
        {"items": ["", "a"], "items.a.id": str(row), "items.a.product": "Stolen"},
    )
    assert page.status == 422
    assert record(app, "deals", theirs)["items"][0]["product"] == "Desk"
    assert record(app, "deals", mine)["items"][0]["product"] == "Chair"


def test_files_hang_on_a_record_and_come_back_as_attachments(app):
    browser = app.sign_in()
    odd = 'päivä "1"; x=../../etc.txt'
    page = submit(
        browser,
        "/app/deals/new",
        {"name": "A"},
        files=[
            ("files:upload", (odd, b"<script>alert(1)</script>", "text/html")),
            ("files:upload", ("offer.pdf", b"%PDF-1.7 x", "application/pdf")),
        ],
    )
    assert page.status == 200, page.text
    number = number_of(page)
    files = record(app, "deals", number)["files"]
    assert len(files) == 2
    answer = browser.client.get(f"/app/files/{files[0]['id']}/content")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"].startswith("application/octet-stream")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "\n" not in answer.headers["content-disposition"]
    assert "sandbox" in answer.headers["content-security-policy"]
    papers = browser.get(f"/app/deals/{number}?tab=papers")
    assert "offer.pdf" in papers
    assert "10 B" in papers
    submit(browser, f"/app/deals/{number}/edit", {"files": ["", str(files[1]["id"])]})
    assert [each["id"] for each in record(app, "deals", number)["files"]] == [files[1]["id"]]


def test_a_refused_file_is_told_at_its_field_and_the_others_are_kept(app):
    browser = app.sign_in()
    page = submit(
        browser,
        "/app/deals/new",
        {"name": ""},
        files=[
            ("files:upload", ("good.txt", b"text", "text/plain")),
            ("files:upload", ("bad.exe", b"MZ", "application/x-msdownload")),
        ],
    )
    assert page.status == 422
    assert page.error("files") == 'Files takes no "bad.exe": it takes .txt, .pdf.'
    assert page.error("name") == "Name is required."
    kept = [text for text in sheet(page).values["files"] if text]
    assert len(kept) == 1
    made = submit(browser, page, {"name": "A"})
    assert [each["id"] for each in record(app, "deals", number_of(made))["files"]] == [int(kept[0])]


def test_too_many_files_and_too_much_of_them_are_refused(app):
    browser = app.sign_in()
    many = [("files:upload", (f"{n}.txt", b"x", "text/plain")) for n in range(4)]
    page = submit(browser, "/app/deals/new", {"name": "A"}, files=many)
    assert page.status == 422
    assert page.error("files") == "Files may hold 3 files at most."
    large = [("files:upload", ("large.txt", b"x" * (26 << 20), "text/plain"))]
    page = submit(browser, "/app/deals/new", {"name": "A"}, files=large)
    assert page.status == 413
    assert "That is too large" in page
    assert app.program()("GET", "/deals?count=exact").json()["count"] == 0


def test_a_value_that_its_picklist_no_longer_has_is_kept_until_it_is_changed(app):
    number = make(app, "deals", name="Chairs", stage="proposal")
    path = app.folder / "schemas/picklists/stage.yaml"
    table = app.site.live.tables.module("deals").table
    with app.site.database.write() as tx:
        tx.connection.execute(table.update().where(table.c.id == number).values(stage="gone"))
    assert path.is_file()
    browser = app.sign_in()
    page = browser.get(f"/app/deals/{number}/edit")
    assert sheet(page).values["stage"] == ["gone"]
    assert "Saved." in submit(browser, page, {"name": "Stools"})
    assert record(app, "deals", number)["name"] == "Stools"
    assert browser.get("/app/deals").status == 200


def test_text_from_elsewhere_is_never_markup(app):
    browser = app.sign_in()
    nasty = '"><img src=x onerror=alert(1)>{{ 7*7 }}'
    page = submit(browser, "/app/deals/new", {"name": nasty, "notes": f"</textarea>{nasty}"})
    for address in (
        page.path,
        f"{page.path}/edit",
        "/app/deals",
        f"{page.path}/delete",
        f"{page.path}?tab=history",
    ):
        shown = browser.get(address)
        assert "<img" not in shown.text, address
        assert nasty in shown or html.unescape(shown.text).count(nasty), address
    assert sheet(browser.get(f"{page.path}/edit")).values["name"] == [nasty]
