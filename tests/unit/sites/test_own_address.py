"""The address that links in mail begin with, of a server and of the worker beside it."""

import io
from pathlib import Path
from typing import Any

import pytest

import runtime.cli
from runtime.assembly import House
from runtime.automation.companion import Companion
from runtime.cli import main
from tests.support.packs import SURROUNDING, write_pack


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """What links begin with while a command serves a pack, in the server and in its worker."""

    def run(*words: str, **environment: str) -> tuple[str, str]:
        found: list[str] = []
        given = {"TRELLIS_SECRET": "a secret of tests", **environment}
        house = House(given, io.StringIO(), io.StringIO(), folder=tmp_path, cheap_passwords=True)
        monkeypatch.setattr(runtime.cli, "_house", lambda: house)
        monkeypatch.setattr("uvicorn.run", lambda *_given, **_told: found.append(house.settings.url))
        monkeypatch.setattr(Companion, "start", lambda self: found.append(self._environment["TRELLIS_URL"]))
        monkeypatch.setattr(Companion, "stop", lambda self: None)
        monkeypatch.setattr("runtime.assembly._end_on_sigterm", lambda: None)
        assert main([*words]) == 0
        worker, server = found
        return server, worker

    return run


@pytest.mark.parametrize("named", ["", "https://crm.example.com"])
def test_links_lead_to_the_port_that_is_listened_on_unless_the_address_is_named(
    links: Any, tmp_path: Path, named: str
) -> None:
    pack = write_pack(tmp_path / "pack", SURROUNDING)
    expected = named or "http://127.0.0.1:8099"
    assert links("serve", str(pack), "--port", "8099", TRELLIS_URL=named) == (expected, expected)


def test_the_demo_s_links_lead_to_its_port(links: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.cli.demo._fill", lambda *_given: "Filled.")
    expected = "http://127.0.0.1:8098"
    assert links("demo", "--port", "8098") == (expected, expected)
