"""The addresses of the screens leave every name to the modules of a pack."""

from runtime.web.api.routes import ADDRESSES
from runtime.web.routes import PAGES

SYSTEM = {"files"}
"""Modules that every site has, whose records have addresses of their own."""


def test_no_page_takes_the_place_of_a_module():
    addresses = [address for _, address, _, _ in PAGES] + [address for address, _, _ in ADDRESSES]
    parts = [address.split("/") for address in addresses]
    screens = {each[2] for each in parts if each[1] == "app" and len(each) > 2}
    programs = {each[3] for each in parts if each[1:3] == ["api", "v1"] and len(each) > 3}
    assert screens - SYSTEM == {"{module}"}
    assert programs - SYSTEM - {"openapi.json"} == {"{module}"}
