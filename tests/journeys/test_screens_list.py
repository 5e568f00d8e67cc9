"""A module's list is found again by its address: filters, quick filters, order and pages."""

import html
import re
from urllib.parse import urlencode

import pytest

from tests.support.screens import PACK, make

NAMES = re.compile(r'<td class="title"><a href="[^"]+">(.*?)</a>')
LINK = re.compile(r'<a class="btn btn-sm" href="([^"]+)" rel="(prev|next)"')


@pytest.fixture
def app(crm):
    return crm(PACK)


def names(page):
    return [html.unescape(name) for name in NAMES.findall(page.text)]


def steps(page):
    return {rel: html.unescape(href) for href, rel in LINK.findall(page.text)}


@pytest.fixture
def deals(app):
    """Three deals that differ in everything, and their account."""
    app.user()
    sue = app.user("sue@example.com", admin=False)
    acme = make(app, "accounts", name="Acme", city="Oulu")
    ace = make(app, "accounts", name="Ace")
    ada = make(app, "people", first_name="Ada", last_name="Lind")
    group = make(app, "groups", name="Sales", members=[sue])
    make(
        app,
        "deals",
        name="Chairs, 100 % oak",
        account=acme,
        stage="won",
        amount="1500.00",
        topics=["sales"],
        signed=True,
        close_date="2026-01-15",
        met_at="2026-01-31T22:30:00Z",
        owner=sue,
        people=[ada],
        seller=sue,
    )
    make(app, "deals", name="Åre's tables", account=ace, amount="99.50", owner=group, close_date="2024-05-05")
    make(app, "deals", name="Zoo", stage="lost", signed=False)
    return {"acme": acme, "sue": sue, "group": group, "ada": ada}


QUICK: tuple[tuple[dict[str, str], set[str]], ...] = (
    ({}, {"Chairs, 100 % oak", "Zoo", "Åre's tables"}),
    ({"stage": "won"}, {"Chairs, 100 % oak"}),
    ({"owner": "sue"}, {"Chairs, 100 % oak"}),
    ({"owner": "group"}, {"Åre's tables"}),
    ({"seller": "sue"}, {"Chairs, 100 % oak"}),
    ({"account": "acme"}, {"Chairs, 100 % oak"}),
    ({"people": "ada"}, {"Chairs, 100 % oak"}),
    ({"topics": "sales"}, {"Chairs, 100 % oak"}),
    ({"signed": "true"}, {"Chairs, 100 % oak"}),
    ({"signed": "false"}, {"Zoo", "Åre's tables"}),
    ({"files": "false"}, {"Chairs, 100 % oak", "Zoo", "Åre's tables"}),
    ({"amount:min": "1,000"}, {"Chairs, 100 % oak"}),
    ({"amount:max": "99.50"}, {"Åre's tables"}),
    ({"amount": "99.50"}, {"Åre's tables"}),
    ({"close_date": "past", "close_date:max": "2024-12-31"}, {"Åre's tables"}),
    ({"close_date": "empty"}, {"Zoo"}),
    ({"met_at:min": "2026-02-01", "met_at:max": "2026-02-01"}, {"Chairs, 100 % oak"}),
    ({"name": "åRE'S"}, {"Åre's tables"}),
    ({"name": "100 %"}, {"Chairs, 100 % oak"}),
    ({"stage": "won", "owner": "group"}, set()),
    ({"account:text": "Acme"}, {"Chairs, 100 % oak"}),
)


def test_a_quick_filter_of_every_type_lives_in_the_address(app, deals):
    browser = app.sign_in()
    for asked, found in QUICK:
        parameters = {name: deals.get(value, value) for name, value in asked.items()}
        page = browser.get(f"/app/deals?{urlencode(parameters)}")
        assert page.status == 200, asked
        assert set(names(page)) == found, asked


WRONG = (
    "filter=nothing",
    "stage=nothing",
    "sort=nothing",
    "sort=people",
    "sort=account.nothing",
    "limit=7",
    "after=nothing",
    "amount:min=many",
    "amount=many",
    "owner=' or true or '",
    "owner=99999999999999999999",
    "close_date=someday",
    "met_at:min=31.1.2026",
    "account:text=Nobody",
)


def test_an_address_that_says_what_is_not_there_is_told_so(app):
    browser = app.sign_in()
    for query in WRONG:
        page = browser.get(f"/app/deals?{query}")
        assert page.status in (400, 404), query
        assert "Go to the start page" in page, query


def test_a_name_with_a_quote_or_a_backslash_is_only_text(app):
    make(app, "deals", name='It\'s \\ "so"')
    browser = app.sign_in()
    assert names(browser.get("/app/deals?" + urlencode({"name": "'s \\ \"s"}))) == ['It\'s \\ "so"']


def test_a_list_is_sorted_both_ways_with_empties_last_and_letters_in_their_order(app):
    for name, amount in (("Öhman", "5"), ("Zoo", None), ("émile", "7"), ("adam", "6")):
        make(app, "deals", name=name, amount=amount)
    browser = app.sign_in()
    assert names(browser.get("/app/deals")) == ["adam", "émile", "Zoo", "Öhman"]
    page = browser.get("/app/deals?sort=-name")
    assert names(page) == ["Öhman", "Zoo", "émile", "adam"]
    assert 'aria-sort="descending"' in page.text
    assert names(browser.get("/app/deals?sort=amount")) == ["Öhman", "adam", "émile", "Zoo"]
    assert names(browser.get("/app/deals?sort=-amount")) == ["émile", "adam", "Öhman", "Zoo"]


def test_saved_filters_are_tabs_and_the_first_is_the_list_itself(app, deals):
    browser = app.sign_in()
    page = browser.get("/app/deals?filter=open")
    assert names(page) == ["Åre's tables"]
    assert 'aria-current="page">Open deals' in page.text
    assert 'href="/app/deals?filter=all"' in page.text


def test_paging_goes_forth_and_back_over_the_exact_same_rows(app):
    answer = app.program()(
        "POST", "/deals/batch", json={"create": [{"name": f"Deal {number % 20:02}"} for number in range(110)]}
    )
    assert answer.status_code in (200, 201), answer.text
    browser = app.sign_in()
    pages = [browser.get("/app/deals?limit=25&sort=name")]
    while "next" in steps(pages[-1]):
        pages.append(browser.get(steps(pages[-1])["next"]))
    shown = [re.findall(r'<td class="title"><a href="/app/deals/(\d+)"', page.text) for page in pages]
    assert [len(rows) for rows in shown] == [25, 25, 25, 25, 10]
    assert len({number for rows in shown for number in rows}) == 110
    back = [pages[-1]]
    while "prev" in steps(back[-1]):
        back.append(browser.get(steps(back[-1])["prev"]))
    again = [re.findall(r'<td class="title"><a href="/app/deals/(\d+)"', page.text) for page in back]
    assert again == shown[::-1]
    assert "25 of 110" in pages[0]
    assert "sort=name" in steps(pages[0])["next"]


def test_counting_stops_at_a_thousand(app):
    for _ in range(2):
        body = {"create": [{"name": "Same"} for _ in range(600)]}
        assert app.program()("POST", "/deals/batch", json=body).status_code in (200, 201)
    page = app.sign_in().get("/app/deals?limit=100")
    assert "100 of 1,000+" in page
    assert len(names(page)) == 100


def test_htmx_is_given_the_rows_alone(app, deals):
    browser = app.sign_in()
    page = browser.get("/app/deals", hx_request="true", hx_request_type="partial", hx_target="div#rows")
    assert len(names(page)) == 3
    assert page.text.lstrip().startswith('<div id="rows"')
    assert "<html" not in page.text


def test_related_records_are_quiet_links_and_people_are_text(app, deals):
    page = app.sign_in().get("/app/deals?stage=won")
    assert f'<a class="quiet" href="/app/accounts/{deals["acme"]}">Acme</a>' in page.text
    assert "Sue" in page
    assert f"/app/users/{deals['sue']}" not in page.text


def test_a_record_without_a_title_can_still_be_opened(crm):
    app = crm("""
        schemas/modules/notes.yaml:
          title: text
          fields: {text: {type: text}, other: {type: text}}
    """)
    number = make(app, "notes", other="Something")
    browser = app.sign_in()
    page = browser.get("/app/notes")
    assert f'<td class="title"><a href="/app/notes/{number}">#{number}</a>' in page.text
    assert browser.get(f"/app/notes/{number}").status == 200


def test_an_empty_list_says_so_and_offers_the_first_record(app):
    browser = app.sign_in()
    page = browser.get("/app/deals")
    assert "There are no records yet." in page
    assert 'href="/app/deals/new"' in page.text
    assert "No record matches." in browser.get("/app/deals?stage=won")
    assert "New Deal for Life" in page


def test_the_menu_has_what_the_pack_says_and_lights_where_one_is(app):
    browser = app.sign_in()
    page = browser.get("/app/deals?filter=open")
    menu = re.findall(r'<li><a href="([^"]+)"( aria-current="page")?>', page.text)
    assert menu == [
        ("/app", ""),
        ("/profile/favourites", ""),
        ("/app/deals", ""),
        ("/app/accounts", ""),
        ("/app/people", ""),
        ("/app/deals?filter=open", ' aria-current="page"'),
    ]
    assert "Hello, Admin" in browser.get("/")


def test_users_and_groups_are_lists_among_the_administration(app):
    app.user("sue@example.com", admin=False)
    page = app.sign_in().get("/app/users")
    assert sorted(names(page)) == ["Admin", "Sue"]
    assert 'href="/admin/setup"' in page.text
    assert 'aria-label="Administration"' in page.text
    browser = app.sign_in("sue@example.com", admin=False)
    seen = browser.get("/app/users")
    assert 'aria-label="Administration"' not in seen.text
    assert "/app/users/new" not in seen.text
    number = app.user("sue@example.com")
    assert browser.get(f"/app/users/{number}/edit").status == 403
    assert browser.get("/app/users/new").status == 403


def test_a_filter_without_javascript_is_sent_by_its_button(app, deals):
    browser = app.sign_in()
    page = browser.get("/app/deals")
    (form,) = re.findall(r'<form class="quick-bar".*?</form>', page.text, re.DOTALL)
    assert '<button class="btn btn-sm no-script">Apply</button>' in form
    assert 'method="get" action="/app/deals"' in form


def test_a_list_is_searched_by_words_numbers_and_phones_beside_its_filters(app):
    make(app, "deals", name="Chairs", stage="won", phone="+358 40 123 4567")
    make(app, "deals", name="Chairs and desks")
    make(app, "deals", name="Desks", stage="won")
    browser = app.sign_in()
    for typed, expected in (
        ("hair", ["Chairs", "Chairs and desks"]),
        ("chairs desk", ["Chairs and desks"]),
        ("D-0003", ["Desks"]),
        ("040 1234567", ["Chairs"]),
        ("nothing", []),
    ):
        assert names(browser.get("/app/deals?" + urlencode({"_q": typed}))) == expected, typed
    page = browser.get("/app/deals?_q=chairs&stage=won&sort=-name")
    assert names(page) == ["Chairs"]
    assert 'href="/app/deals/export?sort=-name&amp;_q=chairs&amp;stage=won"' in page.text
    assert 'href="/app/deals?sort=-name">Clear' in page.text


def test_cells_are_edited_only_in_columns_of_the_record_s_own(app):
    make(app, "deals", name="Chairs")
    heads = re.findall(r'<th scope="col"([^>]*)>', app.sign_in().get("/app/deals").text)
    edited = [found[1] if (found := re.search('data-edit="(.*?)"', head)) else "" for head in heads]
    assert edited == ["name", "account", "", "stage", "amount", "close_date", "owner"]
    users = app.sign_in("sue@example.com", admin=False).get("/app/users").text
    assert "data-edit" not in users
