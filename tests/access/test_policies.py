"""Every door says whom it lets in, or the site does not start."""

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
