"""Users save filters of their own, share them, begin with one, and are told when one no longer fits."""

import re

import pytest

from tests.support.builder import form, press, row, tabs, where
from tests.support.screens import PACK, make

HEADS = re.compile(r'<th scope="col"[^>]*>(.*?)</th>', re.DOTALL)
BO = "bo@example.com"


@pytest.fixture
def app(crm):
    made = crm(PACK)
    made.user()
    make(made, "deals", name="Chairs", stage="won", amount="1500", seats=3)
    make(made, "deals", name="Zoo", stage="open")
    return made


def save(browser, name="Mine", address="/app/deals/filter", **typed):
    """Save a filter of deals that are won."""
    page = row(browser, address, "2", "stage", "equals", value="won")
    return press(browser, page, "new", name=name, **typed)


def number(page):
    return page.response.url.params["filter"]


def heads(page):
    return [re.sub(r"<[^>]+>", "", head).strip() for head in HEADS.findall(page.text)]


def edit(browser, page):
    return browser.get(f"/app/deals/filter?filter={number(page)}&_edit=1")


def test_a_filter_is_saved_under_a_name_with_its_columns_and_order(app):
    browser = app.sign_in()
    page = save(browser, address="/app/deals/filter?_columns=seats,name&sort=-seats")
    assert tabs(page) == ["All deals", "Open deals", "Mine"]
    assert heads(page) == ["Seats", "Name"]
    assert "Chairs" in page
    assert "Zoo" not in page
    assert 'aria-sort="descending"' in page.text


def test_what_the_pack_s_filter_asks_goes_into_the_saved_one(app):
    browser = app.sign_in()
    page = row(browser, "/app/deals/filter?filter=open", "2", "signed", "no")
    saved = press(browser, page, "new", name="Mine")
    found = form(edit(browser, saved)).values
    assert found["c2.field"] == ["stage", "kind"]
    assert found["c3.operator"] == ["no"]


def test_what_the_quick_filters_ask_goes_into_the_saved_one_counted_from_today(app):
    browser = app.sign_in()
    page = browser.get("/app/deals/filter?close_date=last_30_days&amount:min=5&stage=won")
    saved = press(browser, page, "new", name="Mine")
    found = form(edit(browser, saved)).values
    assert [found[f"c{key}.operator"] for key in (2, 3, 4)] == [["equals"], ["last_days"], ["at_least"]]
    assert found["c3.n"] == ["30"]
    assert "close_date" not in dict(saved.response.url.params)


def test_a_saved_filter_is_edited_renamed_and_deleted(app):
    browser = app.sign_in()
    page = save(browser)
    changed = press(browser, edit(browser, page), "save", name="Lost ones", **{"c2.value": "lost"})
    assert number(changed) == number(page)
    assert tabs(changed)[-1] == "Lost ones"
    assert "Chairs" not in changed
    gone = press(browser, edit(browser, page), "delete")
    assert tabs(gone) == ["All deals", "Open deals"]
    assert browser.get(f"/app/deals?filter={number(page)}").status == 404


def test_a_name_is_needed_and_had_once(app):
    browser = app.sign_in()
    for name, sentence in (
        ("  ", "A filter needs a name."),
        ("x" * 101, "A name has 100 characters at most."),
        ("a\0b", "A name is one line of letters and signs."),
    ):
        page = save(browser, name)
        assert page.status == 422
        assert sentence in page
    save(browser, "Mine")
    assert 'You have a filter "mine" already.' in save(browser, "mine")


def test_another_user_sees_only_what_is_shared_and_does_not_change_it(app):
    browser, other = app.sign_in(), app.sign_in(BO, admin=False)
    mine = save(browser)
    assert tabs(other.get("/app/deals")) == ["All deals", "Open deals"]
    assert other.get(f"/app/deals?filter={number(mine)}").status == 404
    press(browser, edit(browser, mine), "save", everybody="yes")
    assert tabs(other.get("/app/deals"))[-1] == "Mine"
    assert "Chairs" in other.get(f"/app/deals?filter={number(mine)}")
    assert edit(other, mine).status == 403
    theirs = press(other, f"/app/deals/filter?filter={number(mine)}", "new", name="Mine")
    assert number(theirs) != number(mine)


def test_a_filter_is_shared_with_a_group(app):
    bo = app.user(BO, admin=False)
    group = make(app, "groups", name="Sales", members=[bo])
    browser = app.sign_in()
    save(browser, group=[str(group)])
    assert tabs(app.sign_in(BO, admin=False).get("/app/deals"))[-1] == "Mine"
    assert tabs(app.sign_in("cy@example.com", admin=False).get("/app/deals")) == ["All deals", "Open deals"]


def test_an_admin_mends_what_somebody_else_saved(app):
    theirs = save(app.sign_in(BO, admin=False))
    admin = app.sign_in()
    assert tabs(admin.get(f"/app/deals?filter={number(theirs)}"))[-1] == "Mine"
    press(admin, edit(admin, theirs), "save", name="Won ones")
    assert tabs(app.sign_in(BO, admin=False).get("/app/deals"))[-1] == "Won ones"


def begin(browser, page, key):
    sent = {"_csrf": page.hidden("_csrf"), "filter": key}
    return browser.client.post("/app/deals/filter/default", data=sent)


def test_lists_begin_with_the_filter_that_was_chosen(app):
    browser = app.sign_in()
    page = save(browser)
    begin(browser, page, number(page))
    assert "Zoo" not in browser.get("/app/deals")
    assert "Zoo" in browser.get("/app/deals?filter=all")
    assert "Zoo" in app.sign_in(BO, admin=False).get("/app/deals")
    begin(browser, page, "open")
    assert "Chairs" not in browser.get("/app/deals")
    begin(browser, page, "")
    assert "Chairs" in browser.get("/app/deals")
    assert begin(browser, page, "nothing").status_code == 404


def test_lists_begin_anew_when_the_filter_they_began_with_is_gone(app):
    browser = app.sign_in()
    page = save(browser)
    begin(browser, page, number(page))
    press(browser, edit(browser, page), "delete")
    assert "Zoo" in browser.get("/app/deals")


def without_seats(app):
    for name, gone in (("modules", r" *seats: .*\n"), ("layouts", r" seats,")):
        file = app.folder / f"schemas/{name}/deals.yaml"
        file.write_text(re.sub(gone, "", file.read_text()))
    app.site.apply_pack()


def test_a_filter_whose_field_is_gone_says_so_and_finds_nothing(app):
    browser = app.sign_in()
    address = "/app/deals/filter?where=signed%20or%20stage%20%3D%3D%20'won'"
    page = row(browser, address, "2", "seats", "more", value="1")
    saved = press(browser, page, "new", name="Many seats")
    assert "Chairs" in saved
    without_seats(app)
    broken = browser.get(f"/app/deals?filter={number(saved)}")
    assert broken.status == 200
    assert "The filter “Many seats” no longer fits:" in broken
    assert '"deals" has no field "seats"' in broken
    assert "Chairs" not in broken
    mended = edit(browser, saved)
    assert "<mark>seats</mark>" in mended.text
    assert form(mended).values["c3.value"] == ["won"]  # the rest of it is still rows
    answer = app.program()("GET", f"/deals?filter={number(saved)}")
    assert answer.status_code == 400
    assert "seats" in answer.json()["error"]["message"]


def test_a_filter_whose_column_or_order_is_gone_shows_the_others_and_says_so(app):
    browser = app.sign_in()
    saved = save(browser, address="/app/deals/filter?_columns=seats,name&sort=seats")
    without_seats(app)
    page = browser.get(f"/app/deals?filter={number(saved)}")
    assert heads(page) == ["Name"]
    assert 'Its column "seats" is not there any more.' in page
    assert 'Its order "seats" cannot be had any more.' in page
    assert "Chairs" in page


def test_rest_takes_a_filter_that_its_user_saved(app):
    app.user(BO, admin=False)
    mine = save(app.sign_in())
    answer = app.program()("GET", f"/deals?filter={number(mine)}").json()
    assert [record["name"] for record in answer["data"]] == ["Chairs"]
    assert app.program(BO)("GET", f"/deals?filter={number(mine)}").status_code == 400
    assert app.program()("GET", "/deals?filter=999999").status_code == 400


def test_a_saved_filter_is_exported_with_what_it_asks_for(app):
    browser = app.sign_in()
    saved = save(browser, address="/app/deals/filter?_columns=name,seats&sort=-name")
    page = browser.get(f"/app/deals/export?filter={number(saved)}")
    sent = {"_csrf": page.hidden("_csrf"), "format": "csv"}
    answer = browser.client.post(f"/app/deals/export?filter={number(saved)}", data=sent)
    assert answer.text.splitlines()[0].lstrip("\ufeff") == "Name,Seats"
    assert "Chairs" in answer.text
    assert "Zoo" not in answer.text


def test_a_saved_filter_may_be_narrowed_further(app):
    browser = app.sign_in()
    saved = save(browser)
    page = row(browser, f"/app/deals/filter?filter={number(saved)}", "2", "seats", "more", value="5")
    listed = press(browser, page, "show")
    assert where(listed) == "seats > 5"
    assert "Chairs" not in listed


def test_the_palette_finds_a_saved_filter(app):
    saved = save(app.sign_in(), "Wonderful ones")
    assert f"/app/deals?filter={number(saved)}" in app.sign_in().get("/search/palette?q=wonderful").text
    assert "Wonderful" not in app.sign_in(BO, admin=False).get("/search/palette?q=wonderful")
