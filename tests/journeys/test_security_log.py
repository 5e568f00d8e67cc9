"""The security log: what happens at a site's doors is there to read, for administrators alone."""

import html
import json
import re
from argparse import ArgumentParser
from datetime import UTC, datetime
from io import StringIO
from typing import cast

import pytest
from sqlalchemy import update

from runtime.cli.verify_log import VerifyLogCommand
from runtime.identity.security_log import Who, note
from runtime.storage.runtime_tables import runtime_tables
from tests.support.crm import App, Page
from tests.support.guarded import events, sign_in
from tests.support.screens import PACK

SUE = "sue@example.com"
LOG = "/admin/security-log"


@pytest.fixture
def app(crm) -> App:
    found: App = crm(PACK)
    found.user(SUE, admin=False)
    return found


def rows(page: Page) -> list[str]:
    found = re.search(r'<ul class="work guard-log">(.*?)</ul>', page.text, re.DOTALL)
    assert found is not None
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in found[1].split("<li>")[1:]]


def test_what_happens_at_the_doors_is_noted(app: App):
    browser = app.sign_in()
    sign_in(app, SUE, "not her password")
    sue = app.sign_in(SUE, admin=False)
    sue.client.post("/app/users/new", data={"_csrf": sue.get("/profile").hidden("_csrf"), "name": "Eve"})
    browser.post("/app/deals/export", format="csv")
    browser.post(f"/app/users/{app.user(SUE)}/edit", role="seller")
    browser.post("/signout", at="/profile")
    assert {
        *("applied", "user_changed", "signed_in", "sign_in_refused"),
        *("refused", "exported", "signed_out"),
    } <= set(events(app))


def test_keys_that_do_not_hold_are_noted_once_a_minute(app: App):
    program = app.program()
    for key in ("unknown", "another"):
        refused = program.client.get("/api/v1/deals", headers={"authorization": f"Bearer {key}"})
        assert refused.status_code == 401
    assert program.client.get("/api/v1/deals", headers={"authorization": ""}).status_code == 401
    assert events(app).count("key_refused") == 1
    (noted,) = rows(app.sign_in().get(f"{LOG}?kind=key_refused"))
    assert "API key refused" in noted
    assert "GET /api/v1/deals" in noted
    assert "unknown" not in noted


def test_an_entry_tells_who_did_what_to_whom(app: App):
    browser = app.sign_in()
    browser.post(f"/app/users/{app.user(SUE)}/edit", admin="true")
    page = browser.get(f"{LOG}?kind=user_changed")
    newest = rows(page)[0]
    assert "Admin" in newest
    assert "User: Sue" in newest
    assert f'href="/app/users/{app.user(SUE)}"' in page.text
    assert "What was done: Changed" in newest
    assert "Fields: Administrator" in newest
    assert "Administrator: No → Yes" in newest


def test_the_log_calls_modules_and_settings_by_their_names(app: App):
    browser = app.sign_in()
    browser.post("/app/deals/export", format="csv")
    browser.post("/admin/mail", do="hold")
    assert "Deals" in rows(browser.get(f"{LOG}?kind=exported"))[0]
    assert "The mail is held" in rows(browser.get(f"{LOG}?kind=settings_changed"))[0]


def test_the_log_is_read_by_kind_by_user_and_by_time(app: App):
    browser = app.sign_in()
    app.sign_in(SUE, admin=False)
    sign_in(app, SUE, "wrong password")
    assert all("Signed in" in each for each in rows(browser.get(f"{LOG}?kind=signed_in")))
    hers = rows(browser.get(f"{LOG}?user={SUE}"))
    assert len(hers) == 2
    assert all("Sue" in each for each in hers)
    today = datetime.now(UTC).date()
    assert len(rows(browser.get(f"{LOG}?user={SUE}&since={today}"))) == 2
    assert "Nothing of this kind has happened." in browser.get(f"{LOG}?until=2020-01-01")
    assert "There is no user with this address." in browser.get(f"{LOG}?user=nobody@example.com")


@pytest.mark.parametrize(
    "given", ["kind=%00x", "before=-1", "before=99999999999999999999", "since=x", "until=9999-12-31"]
)
def test_an_address_that_asks_for_nonsense_is_answered_all_the_same(app: App, given: str):
    assert app.sign_in().get(f"{LOG}?{given}").status == 200


def test_a_long_log_is_read_page_by_page(app: App):
    with app.site.database.write() as tx:
        for n in range(60):
            note(tx.connection, app.site.clock.now(), "imported", Who(name="Ada"), f"file {n:02}")
    browser = app.sign_in()
    first = browser.get(f"{LOG}?kind=imported")
    older = re.search(r'href="([^"]+)" rel="next"', first.text)
    assert older is not None
    second = browser.get(html.unescape(older[1]))
    told = [re.search(r"file (\d\d)", each) for each in (*rows(first), *rows(second))]
    assert [each[1] for each in told if each] == [f"{n:02}" for n in range(59, -1, -1)]
    assert (len(rows(first)), 'rel="next"' in second.text) == (50, False)


def test_the_log_is_not_there_for_anybody_but_administrators(app: App):
    assert app.sign_in(SUE, admin=False).get(LOG).status == 404


def verify(app: App, *words: str) -> tuple[int, str]:
    parser, command = ArgumentParser(), VerifyLogCommand()
    command.configure(parser)
    out = cast(StringIO, app.house.out)
    out.truncate(0)
    out.seek(0)
    return command.run(parser.parse_args(words), app.house), out.getvalue()


def test_a_command_tells_that_the_log_is_whole_and_what_its_end_is(app: App):
    app.sign_in()
    code, said = verify(app)
    assert code == 0
    assert "is whole" in said
    end = said.splitlines()[1].removeprefix("It ends with ")
    app.sign_in(SUE, admin=False)
    assert verify(app, "--known", end)[0] == 0
    number, mark = end.split(":")
    assert verify(app, "--known", f"{number}:{mark[::-1]}")[0] == 1
    assert json.loads(verify(app, "--format", "json")[1])["whole"] is True


def test_a_command_tells_which_entry_was_changed(app: App):
    app.sign_in()
    assert verify(app)[0] == 0
    with app.site.database.write() as tx:
        table = runtime_tables().security_log
        tx.connection.execute(update(table).where(table.c.number == 2).values(who="Eve"))
    assert verify(app) == (
        1,
        "The security log was meddled with:\n  Entry 2 was changed after it was written.\n",
    )
