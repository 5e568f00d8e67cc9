"""What is told beside the records themselves shows no more of them than whoever is told may read."""

import json
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from runtime.automation.reminding import remind
from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.webhooks import Webhooks
from tests.access.beside import beside
from tests.access.office import Office
from tests.support.flows import Flows

__all__ = ["beside"]


def _wish(office: Office, name: str, **wishes: Any) -> None:
    Flows(office.app).save("users", office.ids[name], **wishes)


def _today(office: Office) -> str:
    site = office.app.site  # whose day it is: near midnight another one's than that of UTC
    return site.clock.now().astimezone(ZoneInfo(site.live.catalog.timezone)).date().isoformat()


def _inbox(office: Office, name: str) -> str:
    return office.browser(name).get("/notifications").text


def test_owners_hear_of_notes_as_far_as_they_may_read_them(beside: Office) -> None:
    _wish(beside, "sam", note_alert="alert")
    deal = beside.deal("Chairs", "sam", stage="open")
    won = beside.deal("Tables", "sam", stage="won")
    for number in (deal, won):
        given = {"remarks": f"remark {number}", "thoughts": f"thought {number}"}
        assert beside.admin("PATCH", f"/deals/{number}", json=given).status_code == 200
    Flows(beside.app).work()
    told = _inbox(beside, "sam")
    assert f"thought {won}" in told
    assert f"thought {deal}" not in told
    assert f"remark {won}" not in told
    assert "Chairs" not in told


def test_reminders_find_nothing_by_what_is_hidden_and_go_on_behind_it(beside: Office) -> None:
    _wish(beside, "sam", alert_days=5)
    today = _today(beside)
    beside.deal("Plain", "sam", due=today)
    beside.deal("Ending", "sam", until=today)
    assert remind(beside.app.site) == 1
    told = _inbox(beside, "sam")
    assert "Plain is due on" in told
    assert "Ending" not in told


def test_a_filter_that_reads_a_hidden_field_reminds_nobody_of_what_it_finds(beside: Office) -> None:
    _wish(beside, "sam", alert_days=5)
    today = _today(beside)
    beside.deal("Dear", "sam", ending=today, cost="500")
    assert remind(beside.app.site) == 0
    assert "Dear" not in _inbox(beside, "sam")


def test_what_one_may_not_see_any_more_is_not_named_in_the_inbox(beside: Office) -> None:
    _wish(beside, "sam", alert_days=5)
    today = _today(beside)
    deal = beside.deal("Given away", "sam", due=today)
    remind(beside.app.site)
    assert "Given away" in _inbox(beside, "sam")
    assert beside.admin("PATCH", f"/deals/{deal}", json={"owner": beside.ids["ceo"]}).status_code == 200
    told = _inbox(beside, "sam")
    assert "Given away" not in told
    assert f"deals/{deal}" not in told
    assert "a record that you may not see" in told


def test_who_is_asked_for_approval_is_not_told_what_they_may_not_see(beside: Office) -> None:
    for name, stage in (("Open secret", "open"), ("Won in public", "won")):
        beside.deal(name, "sam", stage=stage, amount="5000")
    Flows(beside.app).work()
    asked = _inbox(beside, "hal")
    assert "Won in public waits for your decision." in asked
    assert "A big deal waits for your decision." in asked
    assert "Open secret" not in asked
    queue = beside.browser("hal").get("/approvals").text
    assert "Won in public" in queue
    assert "Open secret" not in queue


def test_a_card_names_what_is_locked_without_what_is_hidden(beside: Office) -> None:
    deal = beside.deal("Locked", "sam", amount="5000")
    Flows(beside.app).work()
    card = beside.browser("sam").get(f"/app/deals/{deal}")
    assert card.status == 200
    assert "Locked until then: Amount." in card
    assert "Locked until then: Amount, Cost." in beside.app.sign_in().get(f"/app/deals/{deal}")


def test_a_tool_begins_with_what_one_may_read_alone(beside: Office) -> None:
    account = beside.admin("POST", "/accounts", json={"name": "Acme", "secret": "x"}).json()["data"]["id"]
    given = {"cost": "77", "note": "noted", "account": account}
    deals = {stage: beside.deal(f"{stage} one", "sam", stage=stage, **given) for stage in ("open", "won")}
    for name in ("sam", "admin"):
        browser = beside.app.sign_in() if name == "admin" else beside.browser(name)
        for stage, deal in deals.items():
            page = browser.get(f"/app/deals/{deal}/tools/ask").text
            assert f'value="{stage} one"' in page
            assert ('value="c77' in page) is (name == "admin"), (name, stage)
            assert ('value="noted"' in page) is (name == "admin" or stage == "won"), (name, stage)
            assert 'value="Acme"' in page


def test_an_explanation_shows_a_field_of_those_records_alone_of_which_it_is_read(beside: Office) -> None:
    shown = {}
    for stage in ("open", "won"):
        deal = beside.deal(f"{stage} one", "sam", stage=stage, note="noted")
        page = beside.browser("sam").get(f"/app/deals/{deal}/explain/told")
        assert page.status == 200
        shown[stage] = page.text.replace("told noted", "")  # the field's own value is read by its own right
    assert "noted" in shown["won"]
    assert "noted" not in shown["open"]


def test_an_explanation_shows_nothing_of_what_is_hidden_behind_a_field_that_is_seen(beside: Office) -> None:
    deal = beside.deal("Mine", "sam", note="noted", cost="9876543.00")
    for name, seen in (("sam", False), ("admin", True)):
        browser = beside.app.sign_in() if name == "admin" else beside.browser(name)
        pages = {key: browser.get(f"/app/deals/{deal}/explain/{key}") for key in ("net", "twice")}
        assert all(each.status == 200 for each in pages.values())
        assert ("9876543" in pages["net"].text.replace(",", "")) is seen
        assert ("noted!" in pages["twice"].text.replace("noted!?", "")) is seen  # its own value is read


def test_the_log_tells_no_change_of_an_owner_that_is_hidden(beside: Office) -> None:
    lead = beside.admin("POST", "/leads", json={"name": "Lead"}).json()["data"]["id"]
    given = {"name": "Plain lead", "owner": beside.ids["hal"]}
    assert beside.admin("PATCH", f"/leads/{lead}", json=given).status_code == 200
    for name, seen in (("sam", False), ("admin", True)):
        browser = beside.app.sign_in() if name == "admin" else beside.browser(name)
        told = browser.get(f"/app/leads/{lead}").text
        assert "Plain lead" in told
        assert ("Hal" in told) is seen, name


def test_a_file_in_a_hidden_field_is_not_handed_out(beside: Office) -> None:
    deal = beside.deal("Mine", "sam")
    for key, seen in (("docs", True), ("papers", False)):
        file = {key: ("a.txt", b"what is in it", "text/plain")}
        made = beside.admin("POST", f"/deals/{deal}/files", files=file)
        assert made.status_code == 201, made.text
        held = made.json()["data"][0]["id"]
        assert (beside.program("sam")("GET", f"/files/{held}").status_code == 200) is seen, key


def test_a_webhook_tells_of_a_change_what_its_user_sees_of_that_record(beside: Office) -> None:
    site = beside.app.site
    hook = {"name": "Bills", "url": "https://bills.example.com/in", "user_id": beside.ids["sam"]}
    hook |= {"modules": [], "events": ["created", "updated", "deleted"], "secret": "x"}
    with site.database.write() as tx:
        Webhooks(site.clock).add(tx, hook)
    ids = {stage: beside.deal(f"{stage} one", "sam", stage=stage) for stage in ("open", "won")}
    hidden = beside.deal("Nobody's business", "ceo")
    for number in (*ids.values(), hidden):
        given = {"note": "noted", "cost": "77.00", "amount": "5.00"}
        assert beside.admin("PATCH", f"/deals/{number}", json=given).status_code == 200
    Flows(beside.app).work()
    with site.database.read() as connection:
        bodies = list(connection.execute(select(runtime_tables().deliveries.c.body)).scalars())
    told = [json.loads(each) for each in bodies]
    assert {each["data"]["id"] for each in told if each["type"].startswith("deals")} == {*ids.values()}
    assert "77" not in str([each["data"].get("record", {}).get("cost") for each in told])
    changed = {each["data"]["id"]: each["data"]["changed"] for each in told if "changed" in each["data"]}
    computed = {"net", "told", "twice"}  # these are read by their own right
    assert {number: {*keys} - computed for number, keys in changed.items()} == {
        ids["open"]: {"amount"},
        ids["won"]: {"amount", "note"},
    }, changed


def test_who_made_a_record_is_neither_asked_about_nor_shown_where_it_is_hidden(beside: Office) -> None:
    for name in ("sam", "admin"):
        browser = beside.app.sign_in() if name == "admin" else beside.browser(name)
        for page in ("columns", "filter"):
            offered = 'value="created_by"' in browser.get(f"/app/deals/{page}").text
            assert offered is (name == "admin"), (name, page)


def test_nothing_is_found_by_what_it_leads_to_where_that_may_be_hidden(beside: Office) -> None:
    lead = beside.admin("POST", "/leads", json={"name": "Alpha", "code": "masked"}).json()["data"]["id"]
    for led in ({"lead": lead}, {"deal": beside.deal("Beta", "ceo")}):
        assert beside.admin("POST", "/visits", json={"name": "Gamma", **led}).status_code == 201
    for browser, seen in ((beside.app.sign_in(), True), (beside.browser("sam"), False)):
        for word, found in (("alpha", seen), ("beta", seen), ("gamma", True)):
            assert ("Gamma" in browser.get(f"/app/visits?_q={word}")) is found, word
