"""Mail goes out through one port, once, however often the server fails; or not at all, where it is held."""

from datetime import UTC, datetime, timedelta

import pytest

from runtime.base.clock import FrozenClock
from runtime.model.letters import Letter
from runtime.storage.mails import StoredMail
from tests.support.crm import App
from tests.support.mail import Postbox, mail_server, send_all
from tests.support.screens import PACK

NOON = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def box():
    with mail_server() as found:
        yield found


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)


@pytest.fixture
def app(crm, box: Postbox, clock: FrozenClock) -> App:
    settings = {"TRELLIS_MAIL": box.address, "TRELLIS_MAIL_FROM": "Sales CRM <crm@crm.test>"}
    found: App = crm(PACK, clock=clock, settings={**settings, "TRELLIS_URL": "http://crm.test"})
    return found


def put(app: App, key: str = "one", **more) -> None:
    letter = Letter(key, "test", "ada@example.com", "Hyvää\r\nBcc: eve@example.com", "Päivää!\n", **more)
    with app.site.database.write() as tx:
        app.site.post.put(tx, [letter])


def only(app: App) -> StoredMail:
    with app.site.database.read() as connection:
        (mail,) = app.site.post.mails.latest(connection, 10)
    return mail


def test_a_letter_is_sent_once_it_has_landed_and_its_text_is_forgotten(app: App, box: Postbox):
    put(app)
    assert "Päivää" not in (only(app).content or "")
    assert send_all(app) == 1
    (mail,) = box.mails
    assert (mail["To"], mail["From"]) == ("ada@example.com", "Sales CRM <crm@crm.test>")
    assert (mail["Subject"], box.text()) == ("Hyvää Bcc: eve@example.com", "Päivää!\n")
    assert box.envelopes == [("crm@crm.test", ["ada@example.com"])]
    assert (only(app).state, only(app).content) == ("sent", None)


def test_what_is_rolled_back_is_never_sent(app: App, box: Postbox):
    def fail() -> None:
        with app.site.database.write() as tx:
            app.site.post.put(tx, [Letter("one", "test", "ada@example.com", "Hello", "text")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (send_all(app), box.seen) == (0, [])


def test_the_same_letter_twice_is_one_mail(app: App, box: Postbox):
    put(app)
    put(app)
    send_all(app)
    assert len(box.mails) == 1


def test_a_failure_that_passes_is_tried_again_under_the_same_message_id(
    app: App, box: Postbox, clock: FrozenClock
):
    box.answers = ["451 later", "451 later"]
    put(app)
    for _ in range(4):
        send_all(app)
        clock.moment += timedelta(minutes=2)
    assert len(box.mails) == 1
    assert len(box.seen) == 3
    assert len(set(box.seen)) == 1
    assert (only(app).state, only(app).tries) == ("sent", 3)


def test_a_failure_that_stays_is_given_up_and_may_be_tried_by_hand(app: App, box: Postbox):
    box.answers = ["550 no such user"]
    put(app)
    send_all(app)
    mail = only(app)
    assert (mail.state, mail.error) == ("failed", "550 no such user")
    with app.site.database.write() as tx:
        assert app.site.post.retry(tx, mail.id)
    send_all(app)
    assert len(box.mails) == 1


def test_a_site_that_holds_its_mail_sends_it_when_it_is_let_go(app: App, box: Postbox):
    with app.site.database.write() as tx:
        app.site.post.hold(tx, None, held=True)
    put(app)
    send_all(app)
    assert (only(app).state, box.seen) == ("held", [])
    with app.site.database.write() as tx:
        assert app.site.post.hold(tx, None, held=False) == 1
    send_all(app)
    assert len(box.mails) == 1


def test_what_would_come_too_late_is_not_sent(app: App, box: Postbox, clock: FrozenClock):
    put(app, until=NOON + timedelta(minutes=15))
    clock.moment += timedelta(minutes=16)
    send_all(app)
    assert (only(app).state, box.seen) == ("late", [])


def test_a_server_that_is_away_loses_nothing(crm, clock: FrozenClock):
    with mail_server() as gone:
        address = gone.address
    app = crm(PACK, clock=clock, settings={"TRELLIS_MAIL": address})
    put(app)
    send_all(app)
    assert (only(app).state, only(app).tries) == ("waiting", 1)
    assert "refused" in (only(app).error or "")
