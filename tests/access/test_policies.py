"""Every door says whom it lets in, or the site does not start."""

import re
from collections.abc import Callable

import pytest

from runtime.web import routes
from runtime.web.api import routes as api
from tests.access.office import PACK
from tests.support.crm import App


@pytest.mark.parametrize("policy", [None, "anyone", 1])
def test_a_page_without_a_policy_stops_the_start(
    crm: Callable[..., App], monkeypatch: pytest.MonkeyPatch, policy: object
) -> None:
    method, address, page, _ = routes.PAGES[0]
    monkeypatch.setattr(routes, "PAGES", (*routes.PAGES, (method, f"{address}new", page, policy)))
    with pytest.raises(TypeError, match="door without a policy"):
        crm(PACK).client()


def test_an_address_of_the_api_without_a_policy_stops_the_start(
    crm: Callable[..., App], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, handlers, _ = api.ADDRESSES[0]
    monkeypatch.setattr(api, "ADDRESSES", (*api.ADDRESSES, (f"{address}/new", handlers, None)))
    with pytest.raises(TypeError, match="door without a policy"):
        crm(PACK).client()


SEALED = ("/unsubscribe/", "/mail/senders/")
"""Pages for whoever has a letter: what its link has in it is sealed, and nothing else leads there."""


def addresses() -> list[tuple[str, str]]:
    """The method and the address of every page, with something in the place of each name."""
    filled = {"module": "deals", "field": "name", "collection": "lines", "provider": "x", "size": "small"}

    def fill(name: re.Match[str]) -> str:
        return "1" if name[1].endswith(":int") else filled.get(name[1], "x")

    return [(method, re.sub(r"{([^}]+)}", fill, address)) for method, address, _, _ in routes.PAGES]


def test_strangers_come_no_further_than_the_sign_in(crm: Callable[..., App]) -> None:
    client = crm(PACK).client()
    for method, path in addresses():
        answer = client.request(method, path, follow_redirects=False)
        if path == "/" or path.startswith("/signin"):
            continue
        said = (answer.status_code, answer.headers.get("location", ""))
        if path.startswith(SEALED):
            assert said[0] == 404, (method, path, said)
            continue
        assert said[0] == 303, (method, path, said)
        assert said[1].startswith("/signin"), (method, path, said)


def test_only_administrators_come_to_the_administration(crm: Callable[..., App]) -> None:
    browser = crm(PACK).sign_in("sam@example.com", admin=False)
    csrf = browser.get("/profile").hidden("_csrf")
    for method, path in addresses():
        if path.startswith("/admin"):
            data = {"_csrf": csrf} if method == "POST" else None
            answer = browser.client.request(method, path, follow_redirects=False, data=data)
            assert answer.status_code in (403, 404), (method, path, answer.status_code)
