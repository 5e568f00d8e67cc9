"""Approvals decided from the mail: a letter on a real mail server, whose link leads to the decision."""

from collections.abc import Callable, Iterator

import pytest

from tests.journeys.test_approvals import Office
from tests.support.crm import PASSWORD, App, Browser
from tests.support.mail import Postbox, mail_server

Crm = Callable[..., App]


@pytest.fixture
def box() -> Iterator[Postbox]:
    """The mail server."""
    with mail_server() as found:
        yield found


@pytest.fixture
def office(crm: Crm, box: Postbox) -> Office:
    """A CRM that sends through it."""
    mail = {
        "TRELLIS_MAIL": box.address,
        "TRELLIS_MAIL_FROM": "crm@crm.test",
        "TRELLIS_URL": "http://crm.test",
    }
    return Office(crm, settings=mail)


def test_a_letter_leads_whom_it_is_to_to_the_decision_which_is_made_once(
    office: Office, box: Postbox
) -> None:
    deal = office.deal("2000")
    (mail,) = box.mails
    assert (mail["To"], mail["Subject"]) == ("manager@example.com", "For your approval: Big")
    link = box.link()
    browser = Browser(office.app.client())
    page = browser.get(link)
    assert "Reject" not in page  # nobody is signed in yet
    form = {"email": "manager@example.com", "password": PASSWORD, "next": page.hidden("next")}
    browser.client.post("/signin", data={"_csrf": page.hidden("_csrf"), **form})
    assert "Reject" in browser.get(link)
    done = browser.post(link, decision="approved", comment="From my mail")
    assert (done.status, done.response.url.path) == (200, f"/app/deals/{deal}")
    office.flows.work()
    assert office.flows.get("deals", deal)["note"] == "approved"
    assert "Reject" not in browser.get(link)
    again = browser.post(link, decision="rejected")
    assert "decided already" in again
    office.flows.work()
    assert office.flows.get("deals", deal)["note"] == "approved"
    assert "Manager" in browser.get(link)
    assert len(box.mails) == 1


def test_a_scanner_that_opens_the_links_of_letters_decides_nothing(office: Office, box: Postbox) -> None:
    deal = office.deal("2000")
    link, scanner = box.link(), office.app.client()
    for tail in ("", "?decision=approved", "?decision=rejected&comment=x"):
        for method in ("GET", "HEAD"):
            assert scanner.request(method, link + tail).url.path == "/signin"
    assert scanner.post(link, data={"decision": "approved"}).url.path == "/signin"
    signed_in = office.browser("manager")  # a browser that fetches links ahead, too
    for tail in ("", "?decision=approved"):
        assert "Waiting for a decision" in signed_in.get(link + tail)
    assert signed_in.client.post(link, data={"decision": "approved"}).status_code == 403
    office.flows.work()
    assert len(office.queue("manager")) == 1
    assert office.flows.get("deals", deal)["note"] is None


def test_a_letter_that_was_passed_on_lets_nobody_else_decide(office: Office, box: Postbox) -> None:
    office.deal("2000")
    link = box.link()
    for name in ("seller", "ceo"):
        other = office.browser(name)
        assert "Reject" not in other.get(link)
        assert other.post(link, at="/app", decision="approved").status == 404
    assert len(office.queue("manager")) == 1


def test_of_two_who_are_asked_the_first_one_decides(office: Office, box: Postbox) -> None:
    second = office.app.user("second@example.com", admin=False)
    office.flows.save("users", second, role="manager")
    deal = office.deal("2000")
    assert sorted(mail["To"] for mail in box.mails) == ["manager@example.com", "second@example.com"]
    assert box.link(0) == box.link(1)
    office.browser("second").post(box.link(0), decision="rejected", comment="No")
    late = office.browser("manager").post(box.link(1), at="/app", decision="approved")
    assert "decided already" in late
    office.flows.work()
    assert office.flows.get("deals", deal)["note"] == "rejected"
