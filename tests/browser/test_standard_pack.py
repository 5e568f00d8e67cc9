"""Every module of the standard pack is accessible in its list, its card and its form, filled by the demo."""

from datetime import UTC, datetime

import pytest

from runtime.base.clock import FrozenClock
from runtime.language.packs import standard_folder
from tests.support.axe import AXE, SIZES, check
from tests.support.demo import fill

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
def demo(crm):
    app = crm(pack=standard_folder(), clock=FrozenClock(datetime.now(UTC)))
    fill(app.site, 100)
    return app


def addresses(app):
    """The list, the first card and the form of each module that has them."""
    live = app.site.live
    with app.site.database.read() as connection:
        for module in live.catalog.modules.values():
            if not module.system and module.parent is None:
                table = live.tables.module(module.key).table
                first = connection.execute(table.select().order_by(table.c.id).limit(1)).one()
                yield f"/app/{module.key}", f"/app/{module.key}/{first[0]}", f"/app/{module.key}/new"


def test_no_page_of_a_module_has_a_violation(demo, visit):
    wide = visit(demo, email="axe@example.com", viewport=SIZES["wide"])
    narrow = visit(demo, email="axe@example.com", viewport=SIZES["phone"], color_scheme="dark")
    for page in (wide, narrow):
        page.add_init_script(path=AXE)
    wrong = []
    for listed, card, form in addresses(demo):
        for page, address in ((narrow, listed), (wide, card), (narrow, form)):
            page.goto(address)
            wrong += check(page, address)
    assert not wrong, "\n".join(wrong)
