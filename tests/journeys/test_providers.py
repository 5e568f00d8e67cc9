"""The seam of other providers: a directory decides for its addresses, a page elsewhere signs people in."""

from collections.abc import Mapping
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from runtime.assembly import House
from runtime.identity.providers.base import Directory, ProviderError, Providers, SingleSignOn
from tests.support.crm import PASSWORD, App, Browser
from tests.support.guarded import URL, events, sign_in
from tests.support.mail import Postbox, mail_server, send_all
from tests.support.screens import PACK, submit

SUE, BOB = "sue@corp.example", "bob@example.com"
THEIRS = "the directory's own words"


class Corporate(Directory):
    """A directory that decides for one domain, and may be out of order."""

    name = "corporate"
    is_set_up = True
    broken = False

    def claims(self, email: str) -> bool:
        """Its own domain."""
        return email.strip().lower().endswith("@corp.example")

    def check(self, email: str, password: str) -> bool:
        """One password for all."""
        if self.broken:
            raise ProviderError("The directory does not answer.")
        return password == THEIRS


class Page(SingleSignOn):
    """A page elsewhere that proves what it is asked to prove."""

    name = "page"
    title = "Our Page"
    is_set_up = True

    def begin(self, state: str, back: str) -> str:
        """The address of the page."""
        return f"https://id.example/in?state={state}&back={quote(back, safe='')}"

    def finish(self, answer: Mapping[str, str], state: str, back: str) -> str | None:
        """Who was proved by the code in the answer."""
        if answer.get("code") == "broken":
            raise ProviderError("The page does not answer.")
        return answer.get("code") or None


class Elsewhere(Page):
    """Another one, which nobody has set up."""

    name = "elsewhere"
    title = "Elsewhere"
    is_set_up = False


@pytest.fixture
def directory() -> Corporate:
    return Corporate()


@pytest.fixture
def box():
    with mail_server() as found:
        yield found


@pytest.fixture
def app(crm, box: Postbox, directory: Corporate, monkeypatch: pytest.MonkeyPatch) -> App:
    monkeypatch.setattr(House, "providers", Providers((directory,), (Page(), Elsewhere())))
    found: App = crm(PACK, settings={"TRELLIS_MAIL": box.address, "TRELLIS_URL": URL})
    found.user(SUE, admin=False)
    found.user(BOB, admin=False)
    return found


def begun(browser: Browser, following: str = "/app") -> dict[str, str]:
    """Go to the page; gives what it was told."""
    answer = browser.client.get(f"/signin/with/page?next={quote(following)}", follow_redirects=False)
    place = urlsplit(answer.headers["location"])
    assert (answer.status_code, place.hostname) == (303, "id.example")
    return {key: values[0] for key, values in parse_qs(place.query).items()}


def back(browser: Browser, **answer: str):
    return browser.client.get("/signin/with/page/back", params=answer, follow_redirects=False)


def test_a_directory_s_password_opens_and_the_kept_one_does_not(app: App):
    assert sign_in(app, SUE, THEIRS)[1].path == "/app"
    assert sign_in(app, SUE, PASSWORD)[1].status == 422
    assert sign_in(app, BOB, PASSWORD)[1].path == "/app"
    assert sign_in(app, BOB, THEIRS)[1].status == 422


def test_a_directory_makes_nobody_and_opens_for_nobody_who_was_let_go(app: App):
    assert sign_in(app, "eve@corp.example", THEIRS)[1].status == 422
    app.program()("PATCH", f"/users/{app.user(SUE)}", json={"active": False})
    assert sign_in(app, SUE, THEIRS)[1].status == 422


def test_a_directory_that_does_not_answer_reads_like_a_wrong_password(app: App, directory: Corporate):
    wrong = sign_in(app, SUE, "wrong words")[1]
    directory.broken = True
    down = sign_in(app, SUE, THEIRS)[1]
    sentence = "The e-mail address or the password is not right."
    assert (wrong.status, sentence in wrong) == (down.status, sentence in down) == (422, True)


def test_guessing_at_a_directory_is_braked(app: App):
    for _ in range(10):
        assert sign_in(app, SUE, "wrong words")[1].status == 422
    assert sign_in(app, SUE, THEIRS)[1].status == 429


def test_who_a_page_proves_comes_in_where_they_wanted_to_go(app: App):
    browser = Browser(app.client())
    page = browser.get("/signin?next=/app/deals")
    assert "Our Page" in page
    assert "Elsewhere" not in page
    told = begun(browser, "/app/deals")
    assert told["back"] == f"{URL}/signin/with/page/back"
    answer = back(browser, state=told["state"], code=BOB)
    assert (answer.status_code, answer.headers["location"]) == (303, "/app/deals")
    assert browser.get("/app").path == "/app"
    assert events(app)[-1] == "signed_in"


def test_a_state_holds_in_its_own_browser_and_once(app: App):
    browser, other = Browser(app.client()), Browser(app.client())
    told = begun(browser)
    assert back(other, state=told["state"], code=BOB).status_code == 403
    assert back(browser, state="x" + told["state"][1:], code=BOB).status_code == 403
    assert back(browser, code=BOB).status_code == 403
    assert back(browser, state=told["state"], code=BOB).status_code == 303
    assert back(browser, state=told["state"], code=SUE).status_code == 403


def test_it_leads_off_the_site_by_no_address(app: App):
    browser = Browser(app.client())
    told = begun(browser, "//evil.example")
    assert back(browser, state=told["state"], code=BOB).headers["location"] == "/app"


def test_a_page_that_proves_nobody_nobody_known_or_does_not_answer_lets_nobody_in(app: App):
    for code in ("", "eve@example.com", "broken"):
        browser = Browser(app.client())
        told = begun(browser)
        assert back(browser, state=told["state"], code=code).status_code == 403, code
        assert browser.get("/app").path == "/signin"


def test_the_second_step_is_asked_for_all_the_same(app: App):
    with app.site.database.write() as tx:
        app.site.live.identity.factors.use_mail(tx.connection, app.user(BOB))
    browser = Browser(app.client())
    told = begun(browser)
    answer = back(browser, state=told["state"], code=BOB)
    assert answer.headers["location"].startswith("/signin/code")
    assert browser.get("/app").path == "/signin"


def test_a_provider_that_is_not_set_up_is_not_there(app: App):
    browser = Browser(app.client())
    for name in ("elsewhere", "nobody"):
        assert browser.client.get(f"/signin/with/{name}", follow_redirects=False).status_code == 404


def test_no_password_is_mailed_anew_for_an_address_of_a_directory(app: App, box: Postbox):
    for email in (SUE, BOB):
        browser = Browser(app.client())
        submit(browser, browser.get("/signin/forgotten"), {"email": email}, key="/signin/forgotten")
    send_all(app)
    assert [mail["To"] for mail in box.mails] == [BOB]
