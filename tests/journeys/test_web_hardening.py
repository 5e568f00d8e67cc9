"""The web's old tricks at every door: forged forms, other hosts, marked cookies, texts that would run."""

import os
import re
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from runtime.web.door import Policy
from runtime.web.origin import came_from, local_path
from runtime.web.routes import PAGES
from tests.support.crm import PASSWORD, App, Browser
from tests.support.guarded import URL
from tests.support.mail import mail_server
from tests.support.payloads import PAYLOADS
from tests.support.screens import PACK, make, submit

SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
SUE = "sue@example.com"
PLACES = {"module": "deals", "field": "name", "collection": "partners", "provider": "none", "size": "small"}


def filled(path: str, number: int) -> str:
    """An address of a route, with a record's id and names in its places."""
    path = re.sub(r"\{(\w+):int\}", str(number), path)
    return re.sub(r"\{(\w+)\}", lambda found: PLACES.get(found[1], "none"), path)


@pytest.fixture
def app(crm) -> App:
    found: App = crm(PACK)
    return found


def written(app: App) -> int:
    """How many saves there were."""
    with app.site.database.read() as connection:
        table = app.site.live.tables.change_sets
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


@SQLITE
def test_no_route_that_changes_something_takes_a_forged_form(app: App):
    browser, other = app.sign_in(), app.sign_in(SUE, admin=False)
    deal = make(app, "deals", name="Chairs")
    right, wrong = browser.get("/profile").hidden("_csrf"), other.get("/profile").hidden("_csrf")
    forged: tuple[tuple[dict[str, str], dict[str, str]], ...] = (
        ({}, {}),
        ({"_csrf": wrong}, {}),
        ({"_csrf": right}, {"sec-fetch-site": "cross-site"}),
        ({"_csrf": right}, {"origin": "https://evil.example"}),
        ({}, {"x-csrf-token": wrong}),
    )
    before, tried = written(app), 0
    for method, path, _page, _policy in PAGES:
        if method != "POST":
            continue
        for values, headers in forged:
            sent = {"name": "Stolen", **values}
            answer = browser.client.post(
                filled(path, deal), data=sent, headers=headers, follow_redirects=False
            )
            assert answer.status_code == 403, (path, values, headers, answer.status_code)
            tried += 1
        text = browser.client.post(
            filled(path, deal), content="name=Stolen", headers={"content-type": "text/plain"}
        )
        assert text.status_code == 403, path
    assert (written(app), tried > 150) == (before, True)


@SQLITE
def test_reading_changes_nothing_whatever_method_a_header_claims(app: App):
    browser = app.sign_in()
    deal = make(app, "deals", name="Chairs")
    before = written(app)
    for method, path, _page, _policy in PAGES:
        if method == "GET":
            headers = {"x-http-method-override": "DELETE", "x-method-override": "POST"}
            browser.client.get(filled(path, deal), headers=headers)
            browser.client.head(filled(path, deal))
    assert written(app) == before
    assert browser.get(f"/app/deals/{deal}").status == 200


@SQLITE
def test_what_is_private_is_kept_by_nobody_and_shown_to_nobody_else(app: App):
    browser, stranger = app.sign_in(), Browser(app.client())
    deal = make(app, "deals", name="Chairs")
    for method, path, _page, policy in PAGES:
        if method != "GET" or path.endswith("/content"):
            continue
        answer = browser.client.get(filled(path, deal), follow_redirects=False)
        assert answer.headers["cache-control"] == "no-store", path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        if policy is not Policy.ANYONE:
            told = stranger.client.get(filled(path, deal), follow_redirects=False)
            assert told.status_code == 303, path
            assert told.headers["location"].startswith("/signin"), path


@SQLITE
def test_a_cookie_that_somebody_else_has_set_is_worth_nothing_after_signing_in(app: App):
    app.user()
    browser = Browser(app.client())
    browser.client.cookies.set("trellis_session", "chosen-by-eve")
    page = browser.get("/signin")
    submit(browser, page, {"email": "admin@example.com", "password": PASSWORD}, key="/signin")
    tokens = [each.value for each in browser.client.cookies.jar if each.name == "trellis_session"]
    assert browser.get("/app").path == "/app"
    assert len(set(tokens) - {"chosen-by-eve"}) == 1
    eve = Browser(app.client())
    eve.client.cookies.set("trellis_session", "chosen-by-eve")
    assert eve.get("/app").path == "/signin"


@SQLITE
def test_over_https_no_cookie_is_sent_in_clear_or_set_by_another_host(crm):
    app = crm(PACK, settings={"TRELLIS_URL": "https://crm.test"})
    app.user()
    client = TestClient(app.house.application(app.site), base_url="https://crm.test")
    browser = Browser(client)
    page = browser.get("/signin")
    sent = {"_csrf": page.hidden("_csrf"), "email": "admin@example.com", "password": PASSWORD}
    answer = client.post("/signin", data=sent, follow_redirects=False)
    cookies = [*page.response.headers.get_list("set-cookie"), *answer.headers.get_list("set-cookie")]
    assert any(cookie.startswith("__Host-trellis_session=") for cookie in cookies)
    for cookie in cookies:
        if "=" in cookie and '=""' not in cookie:
            assert "Secure" in cookie, cookie
            assert "HttpOnly" in cookie, cookie
            assert "samesite=lax" in cookie.lower(), cookie


ELSEWHERE = (
    *("//evil.com", "///evil.com", "////evil.com", "https://evil.com", "http:evil.com", "HTTPS://EVIL.COM"),
    *("/\\evil.com", "\\\\evil.com", "\\/evil.com", "/\t/evil.com", "\t//evil.com", " //evil.com"),
    *("/\n/evil.com", "\r\n//evil.com", "/\x00/evil.com", "\x00//evil.com", "\x0b//evil.com"),
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"),
    *("evil.com", "evil.com/app", "@evil.com", ":evil.com", "?//evil.com", "#//evil.com", "", ".", ".."),
    *("http:/\\evil.com", "https:/evil.com", "https:///evil.com", "//evil%2ecom", "//[::1]", "//127.0.0.1"),
    *("/app\r\nset-cookie: a=b", "/app\nlocation: //evil.com", "/ /evil.com", "\u2028//evil.com", "/\x7f/e"),
)


@pytest.mark.parametrize("given", ELSEWHERE)
def test_no_text_leads_off_the_site(given: str):
    assert local_path(given) == "/app"
    assert came_from({"referer": f"http://crm.test{given}", "host": "evil.com"}) == "/app"  # type: ignore[arg-type]


@SQLITE
def test_signing_in_leads_off_the_site_by_no_shape(app: App):
    app.user()
    for given in ELSEWHERE:
        browser = Browser(app.client())
        page = browser.get(f"/signin?next={quote(given)}")
        sent = {
            "_csrf": page.hidden("_csrf"),
            "email": "admin@example.com",
            "password": PASSWORD,
            "next": given,
        }
        answer = browser.client.post("/signin", data=sent, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/app"), given


@SQLITE
def test_a_request_for_another_host_is_refused_and_mail_names_the_site_s_own(crm):
    with mail_server() as box:
        settings = {"TRELLIS_MAIL": box.address, "TRELLIS_URL": URL, "TRELLIS_HOSTS": "crm.test"}
        app = crm(PACK, settings=settings)
        admin = app.sign_in()
        sue = app.user(SUE, admin=False)
        token = admin.get("/profile").hidden("_csrf")
        sent = {"_csrf": token, "do": "invite"}
        for host in ("evil.com", "crm.test.evil.com", "evil.com:80", "evil.com@crm.test", ""):
            answer = admin.client.post(f"/admin/users/{sue}", data=sent, headers={"host": host})
            assert answer.status_code == 400, host
        assert box.mails == []
        with app.site.database.read() as connection:
            assert app.site.post.mails.latest(connection, 1) == []


@SQLITE
def test_an_unknown_address_is_told_like_a_known_one(app: App):
    app.user(SUE, admin=False)

    def told(email: str) -> tuple[int, str]:
        browser = Browser(app.client())
        page = submit(browser, browser.get("/signin"), {"email": email, "password": "wrong"}, key="/signin")
        return page.status, re.sub(r'value="[^"]*"', "", page.text)

    for n in range(5):
        assert told(SUE) == told(f"nobody{n}@example.com")


FULL = os.environ.get("TRELLIS_PAYLOADS") == "full"
"""Every payload on every page; else a few of them, which a plain run has the time for."""
SENT = (*PAYLOADS[:: 1 if FULL else 11], "\u2028<!--<script>")


class Sinks(HTMLParser):
    """Notes what would run in a browser."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that runs something, or whose attribute does."""
        given = dict(attrs)
        if tag in ("iframe", "object", "embed", "base", "style") or (tag == "script" and "src" not in given):
            self.found.append(tag)
        for name, value in attrs:
            link = re.sub(r"[\s\x00]", "", value or "").lower()
            if name.startswith(("on", "hx-on", "data-hx")) or name in ("style", "srcdoc"):
                self.found.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction") and link.startswith(
                ("javascript:", "vbscript:")
            ):
                self.found.append(f"{tag} {name}={value}")
            if name == "src" and tag == "img" and link == "x":
                self.found.append("img")


def test_no_text_that_people_type_runs_on_any_page(app: App):
    browser, pages = app.sign_in(), 0
    for payload in SENT:
        account = make(app, "accounts", name=payload[:60], city=payload)
        deal = make(app, "deals", name=payload[:80], notes=payload, account=account, lost_reason=payload)
        person = make(app, "people", first_name=payload, last_name=payload, account=account)
        make(app, "groups", name=payload[:100])
        browser.post("/profile", name=payload[:100])
        browser.client.cookies.set(
            "trellis_flash",
            quote(
                f'{{"kind":"linked","at":"/app","undo":null,"said":{{"title":{payload!r}}}}}'.replace(
                    "'", '"'
                )
            ),
        )
        for path in (
            *(
                "/app",
                "/app/deals",
                "/app/accounts",
                "/app/people",
                "/app/groups",
                "/profile",
                "/profile/sign-in",
            ),
            *(f"/app/deals/{deal}", f"/app/deals/{deal}/edit", f"/app/deals/{deal}?tab=history"),
            *(f"/app/people/{person}", f"/app/accounts/{account}", f"/app/deals/{deal}/delete"),
            *(f"/search?q={quote(payload)}", f"/app/deals?search={quote(payload)}", "/admin/security-log"),
            *(f"/search/palette?q={quote(payload)}", f"/app/deals/pick/account?q={quote(payload)}"),
            *(f"/signin?next={quote(payload)}", f"/app/{quote(payload, safe='')}", "/admin/operations"),
        ):
            page = browser.get(path)
            assert page.status < 500, path
            if "html" in page.response.headers.get("content-type", ""):
                assert Sinks(page.text).found == [], (path, payload)
                pages += 1
    print(f"{len(SENT)} payloads, {pages} pages, nothing would run")
