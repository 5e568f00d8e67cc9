"""The worlds that the tests of rights share."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.access.matrix import World, build
from tests.support.crm import App, open_app, write_pack
from tests.support.databases import Databases


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(engine, marks=pytest.mark.xdist_group(f"world-{engine}"))
        for engine in ("sqlite", "postgresql")
    ],
)
def standing_world(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One world of each engine that all tests of a run look at."""
    folder = tmp_path_factory.mktemp("world")
    with ExitStack() as stack:
        url = stack.enter_context(databases.fresh(request.param))

        def crm(text: str) -> App:
            return open_app(stack, url, folder, write_pack(folder / "pack", text))

        made = build(crm)
        yield made
        print(f"{request.param}: {made.probes:,} probes")


@pytest.fixture
def world(standing_world: World) -> Iterator[World]:
    """The world; at what a test makes in it, the next one does not knock."""
    items = list(standing_world.items)
    yield standing_world
    standing_world.items[:] = items
