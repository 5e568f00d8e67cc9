"""The matrix: every actor at every door, and no canary that the oracle forbids in any answer."""

import logging
from collections.abc import Callable, Iterable
from io import StringIO

import pytest
from sqlalchemy import select

from runtime.storage.runtime_tables import runtime_tables
from tests.access.knocking import FULL, PART, of_links, of_looking, of_outside, of_typing, of_writing
from tests.access.matrix import ACTORS, CANARY, NOBODY, PORTAL, World

pytestmark = pytest.mark.timeout(3000 if FULL else 240)
TOLD_TO_OTHERS = ("mails", "security_log", "login_failures", "sessions", "notifications", "deliveries")
"""The tables of what is sent to people, and of what administrators read beside the records."""


def test_no_door_shows_what_is_hidden(world: World, caplog: pytest.LogCaptureFixture) -> None:
    probed = probe_all(world, caplog, of_looking)
    assert not FULL or probed > 10_000


def test_a_link_to_what_one_may_not_read_shows_neither_its_id_nor_its_title(world: World) -> None:
    wrong = [said for name in ACTORS[:6] for said in of_links(world, name)]
    assert not wrong, "\n".join(wrong[:40])


def test_no_door_of_users_is_open_to_a_contact_of_the_portal_or_to_nobody(world: World) -> None:
    wrong = [said for name in (NOBODY, PORTAL) for said in of_outside(world, name)]
    assert not wrong, "\n".join(wrong[:40])


def test_what_is_refused_changes_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    probe_all(world, caplog, of_writing)


def test_no_form_shows_what_is_hidden(world: World, caplog: pytest.LogCaptureFixture) -> None:
    probe_all(world, caplog, of_typing)


def probe_all(
    world: World, caplog: pytest.LogCaptureFixture, probe: Callable[[World, str, int], Iterable[str]]
) -> int:
    """Have every actor probe: nothing may be wrong, nor told elsewhere. Gives how many probes there were."""
    began = world.probes
    with caplog.at_level(logging.DEBUG, logger="runtime"):
        wrong = [said for name in ACTORS for said in probe(world, name, PART)]
    print(f"{world.probes - began:,} probes, {len(wrong)} failures")
    assert not wrong, "\n".join(wrong[:40])
    assert not told_elsewhere(world, caplog)
    return world.probes - began


def told_elsewhere(world: World, caplog: pytest.LogCaptureFixture) -> list[str]:
    """The canaries in the log, in what the program prints, in mail and in the security log."""
    house, tables = world.app.house, runtime_tables()
    said = [caplog.text, *(each.getvalue() for each in (house.out, house.err) if isinstance(each, StringIO))]
    with world.app.site.database.read() as connection:
        for name in TOLD_TO_OTHERS:
            said += [repr(tuple(row)) for row in connection.execute(select(getattr(tables, name)))]
    return [each for text in said for each in CANARY.findall(text)]
