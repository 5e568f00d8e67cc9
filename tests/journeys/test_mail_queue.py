"""Mail out: the queue as administrators see it, whom it comes from, how fast it leaves, and how it ends."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from runtime.base.clock import FrozenClock
from runtime.model.outbound import Answer, Request
from tests.support.crm import App
from tests.support.flows import Flows, with_workflow
from tests.support.mail import Postbox, mail_server, send_all
from tests.support.screens import submit

Crm = Callable[..., App]
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
MAIL = "/admin/mail"
LETTER = """
    templates/mail/news.yaml:
      module: people
      opt_out: no_mail
      subject: News for {{ name }}
      text: |
        Hello {{ name }}, see https://example.com/news
      html: "<p>Hello {{ name }}, <a href='/nowhere'>here</a></p>"
    schemas/modules/people.yaml:
      fields:
        name: {type: text, required: true}
        email: {type: email}
        no_mail: {type: boolean, default: false}
        code: {type: text}
      checks:
        coded: {check: is_empty(code) or code != 'bad', message: The code is bad.}
"""
FLOW = """
module: people
trigger: created
steps:
  - email: {template: news, to: =email}
"""


@pytest.fixture
def box():
    with mail_server() as found:
        yield found


class Wire:
    """Another system, where nothing is."""

    def send(self, request: Request) -> Answer:
        """Answer."""
        assert request.url == "https://example.com/news"
        return Answer(404)


def open_app(crm: Crm, box: Postbox, flow: str = FLOW, clock: FrozenClock | None = None) -> tuple[App, Flows]:
    settings = {"TRELLIS_MAIL": box.address, "TRELLIS_URL": "http://crm.test"}
    app = crm(with_workflow(flow) + LETTER, settings=settings, clock=clock or FrozenClock(NOW))
    return app, Flows(app)


def states(app: App) -> list[str]:
    with app.site.database.read() as connection:
        return [mail.state for mail in reversed(app.site.post.mails.latest(connection, 100))]


def test_a_letter_with_an_opt_out_ends_with_a_link_that_one_click_follows(crm: Crm, box: Postbox):
    app, flows = open_app(crm, box)
    person = flows.save("people", name="Åsa", email="asa@example.com")
    send_all(app)
    (mail,) = box.mails
    address = str(mail["List-Unsubscribe"]).strip("<>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in box.text()
    html = mail.get_body(("html",))
    assert html is not None
    assert address in html.get_content()
    stranger: TestClient = app.client()
    path = address.removeprefix("http://crm.test")
    asked = stranger.get(path).text
    assert "No more letters like this?" in asked
    assert '<p class="over">Test</p>' in asked  # whoever gets letters of several knows which
    assert flows.get("people", person)["no_mail"] is False
    answer = stranger.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert flows.get("people", person)["no_mail"] is True
    assert stranger.post(path[:-1] + ("0" if path[-1] != "0" else "1")).status_code == 404
    assert stranger.post("/unsubscribe/nothing").status_code == 404


def test_who_wants_no_letters_gets_none_however_late_they_say_so(crm: Crm, box: Postbox):
    app, flows = open_app(crm, box)
    flows.save("people", name="A", email="a@example.com", no_mail=True)
    late = flows.save("people", name="B", email="b@example.com")
    with app.site.database.write() as tx:
        app.site.post.hold(tx, None, held=True)
    send_all(app)
    flows.save("people", late, no_mail=True)
    with app.site.database.write() as tx:
        app.site.post.hold(tx, None, held=False)
    send_all(app)
    assert (states(app), box.seen) == (["unwanted", "unwanted"], [])


def test_a_record_that_cannot_be_saved_is_told_to_administrators(crm: Crm, box: Postbox):
    app, flows = open_app(crm, box)
    admin = app.sign_in()
    person = flows.save("people", name="A", email="a@example.com")
    send_all(app)
    table = app.site.live.tables.module("people").table
    with app.site.database.write() as tx:
        tx.connection.execute(table.update().values(code="bad"))
    path = str(box.mails[0]["List-Unsubscribe"]).strip("<>").removeprefix("http://crm.test")
    assert app.client().post(path).status_code == 200
    assert flows.get("people", person)["no_mail"] is False
    assert "Somebody wants no letters any more" in admin.get("/notifications")


def test_the_queue_shows_what_failed_and_why_and_sends_it_again(crm: Crm, box: Postbox):
    app, flows = open_app(crm, box)
    admin = app.sign_in()
    box.answers = ["550 no such user"]
    flows.save("people", name="Åsa", email="asa@example.com")
    send_all(app)
    page = admin.get(f"{MAIL}?state=failed")
    assert "550 no such user" in page
    assert "News for Åsa" in page
    (number,) = set(re.findall(r'href="/admin/mail/(\d+)"', page.text))
    one = admin.get(f"{MAIL}/{number}")
    assert "Hello Åsa, see https://example.com/news" in one
    frame = admin.get(f"{MAIL}/{number}/html").response
    assert "sandbox; default-src 'none'" in frame.headers["content-security-policy"]
    assert admin.post(f"{MAIL}/{number}/again", at=f"{MAIL}/{number}").path == f"{MAIL}/{number}"
    send_all(app)
    assert states(app) == ["sent"]
    assert "What it said was forgotten" in admin.get(f"{MAIL}/{number}")


def test_mail_that_is_held_is_seen_in_the_queue_and_one_may_be_cancelled(crm: Crm, box: Postbox):
    app, flows = open_app(crm, box)
    admin = app.sign_in()
    submit(admin, MAIL, {"do": "hold"}, key=MAIL)
    for name in ("a", "b"):
        flows.save("people", name=name, email=f"{name}@example.com")
    send_all(app)
    page = admin.get(f"{MAIL}?state=held")
    number = re.findall(r'href="/admin/mail/(\d+)"', page.text)[-1]
    admin.post(f"{MAIL}/{number}/cancel", at=f"{MAIL}/{number}")
    submit(admin, MAIL, {"do": "go"}, key=MAIL)
    send_all(app)
    assert states(app) == ["cancelled", "sent"]
    assert [str(mail["To"]) for mail in box.mails] == ["b@example.com"]


def test_no_more_mail_leaves_in_a_minute_than_is_said(crm: Crm, box: Postbox):
    clock = FrozenClock(NOW)
    app, flows = open_app(crm, box, clock=clock)
    admin = app.sign_in()
    assert admin.post(MAIL, do="pace", per_minute="many").status == 422
    admin.post(MAIL, do="pace", per_minute="2")
    for number in range(5):
        flows.save("people", name=f"P{number}", email=f"p{number}@example.com")
    left = []
    for _ in range(3):
        send_all(app)
        left.append(len(box.mails))
        clock.moment += timedelta(minutes=1)
    assert left == [2, 4, 5]
    assert {mail.tries for mail in _mails(app)} == {1}


def _mails(app: App):
    with app.site.database.read() as connection:
        return app.site.post.mails.latest(connection, 100)


FROM = "module: people\ntrigger: created\nsteps: [{email: {template: news, to: =email, from: =code}}]"


def test_mail_comes_from_users_and_from_addresses_that_were_proven_and_from_no_others(crm: Crm, box: Postbox):
    app, flows = open_app(crm, box, FROM)
    admin = app.sign_in()
    sender = "office@example.com"
    flows.save("people", name="A", email="a@example.com", code=sender)
    send_all(app)
    assert flows.states() == ["failed"]
    assert "Mail may not come from" in str(flows.all()[0].error)
    admin.post(MAIL, do="add_sender", address=sender, name="The Office")
    send_all(app)
    assert "Whether mail may come from there" in (page := admin.get(MAIL))
    assert "Not proven yet" in page
    assert str(box.mails[-1]["To"]) == sender
    link = box.link()
    flows.save("people", name="B", email="b@example.com", code=sender)
    stranger = app.client()
    assert stranger.get(link).status_code == 200
    assert stranger.post(link).status_code == 200
    assert stranger.post(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 404
    flows.save("people", name="C", email="c@example.com", code="Admin@Example.com")
    send_all(app)
    assert flows.states() == ["failed", "done", "done"]
    sent = {str(mail["To"]): (str(mail["From"]), str(mail["Sender"])) for mail in box.mails[1:]}
    assert sent == {
        "b@example.com": (f"The Office <{sender}>", "trellis@crm.test"),
        "c@example.com": ("Admin <admin@example.com>", "trellis@crm.test"),
    }
    assert {envelope[0] for envelope in box.envelopes} == {"trellis@crm.test"}


def test_a_letter_is_previewed_on_a_real_record_with_its_links(crm: Crm, box: Postbox):
    app, flows = open_app(crm, box)
    admin = app.sign_in()
    person = flows.save("people", name="Åsa <b>", email="asa@example.com")
    assert "News for {{ name }}" in admin.get("/admin/letters")
    page = admin.get(f"/admin/letters/news?record={person}")
    assert "News for Åsa <b>" in page
    assert "It does not begin with https://" in page
    assert "Nobody has looked." in page
    framed = admin.get(f"/admin/letters/news/html?record={person}")
    assert "Åsa &lt;b&gt;" in framed.text
    app.site.outbound = Wire()  # type: ignore[assignment]
    checked = submit(admin, page, {}, key="/admin/letters/news")
    assert "It is not there (status 404)." in checked
    assert admin.get("/admin/letters/nothing").status == 404


def test_the_pages_of_mail_are_for_administrators_alone(crm: Crm, box: Postbox):
    app, flows = open_app(crm, box)
    flows.save("people", name="A", email="a@example.com")
    send_all(app)
    sue = app.sign_in("sue@example.com", admin=False)
    number = _mails(app)[0].id
    for path in (MAIL, f"{MAIL}/{number}", f"{MAIL}/{number}/html", "/admin/letters", "/admin/letters/news"):
        assert sue.get(path).status == 404
