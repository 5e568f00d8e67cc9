"""Formatted text is made safe however it comes, found by its text, and shown with its form on the card."""

import pytest

from tests.support.screens import make, record, sheet, submit

PACK = """
    schemas/modules/notes.yaml:
      title: name
      search: [name, body]
      fields:
        name: {type: text}
        body: {type: rich_text}
        plan: {type: long_text, format: markdown}
        script: {type: long_text, format: code}
    schemas/layouts/notes.yaml:
      card: {tabs: {all: {block: {columns: 1, fields: [name, body, plan, script]}}}}
      list: [name, body]
"""
EVIL = (
    '<div onclick="x()" style="position:fixed" data-hx-get="/x" hx-get="/y" class="card" id="menu">'
    "<b>Bold</b><script>alert(1)</script><img src=x onerror=alert(1)>"
    '<a href="javascript:alert(1)">link</a> <a href="https://example.com">good</a></div>'
)
SAFE = (
    '<div><b>Bold</b><a rel="noopener noreferrer">link</a> '
    '<a href="https://example.com" rel="noopener noreferrer">good</a></div>'
)


@pytest.fixture
def app(crm):
    return crm(PACK)


def test_what_is_not_safe_is_left_out_by_a_form_and_by_rest(app):
    browser, note = app.sign_in(), make(app, "notes", name="A", body=EVIL)
    assert record(app, "notes", note)["body"] == SAFE
    other = make(app, "notes", name="B")
    page = submit(browser, f"/app/notes/{other}/edit", {"body": EVIL})
    assert page.status == 200
    assert record(app, "notes", other)["body"] == SAFE
    assert SAFE in page.text
    assert 'hx-get="/y"' not in page.text


def test_what_stands_in_the_database_is_made_safe_again_on_the_card(app):
    browser, note = app.sign_in(), make(app, "notes", name="A", body="<b>x</b>")
    table = app.site.live.tables.module("notes").table
    with app.site.database.write() as tx:
        tx.connection.execute(table.update().values(body__html="<b>x</b><script>alert(1)</script>"))
    assert "<script>alert" not in browser.get(f"/app/notes/{note}").text


def test_a_form_without_javascript_changes_nothing_by_itself(app):
    browser, note = app.sign_in(), make(app, "notes", name="A", body=SAFE)
    page = browser.get(f"/app/notes/{note}/edit")
    assert sheet(page).values["body"] == [SAFE]
    assert "Nothing was changed." in submit(browser, page)


def test_plain_text_keeps_its_lines_and_its_signs(app):
    browser, note = app.sign_in(), make(app, "notes", name="A")
    submit(browser, f"/app/notes/{note}/edit", {"body": "5 < 6\r\nTom & Jerry"})
    assert record(app, "notes", note)["body"] == "<div>5 &lt; 6<br>Tom &amp; Jerry</div>"


def test_it_is_found_filtered_sorted_and_listed_by_its_text(app):
    make(app, "notes", name="A", body="<p>Zebra <em>cross</em>ing</p>")
    make(app, "notes", name="B", body="<strong>apple</strong>")
    ask = app.program()

    def names(**params):
        return [each["name"] for each in ask("GET", "/notes", params=params).json()["data"]]

    assert names(where="contains(body, 'crossing')") == ["A"]
    assert names(where="contains(body, 'strong')") == []
    assert names(where="body == 'apple'") == ["B"]
    assert names(sort="body") == ["B", "A"]
    browser = app.sign_in()
    assert "Zebra crossing" in browser.get("/app/notes")
    found = browser.get("/search?q=crossing")
    assert 'href="/app/notes/' in found.text
    assert 'href="/app/notes/' not in browser.get("/search?q=strong").text.split("<main")[1]


def test_markdown_is_drawn_and_html_in_it_is_not(app):
    note = make(
        app, "notes", name="A", plan="# Plan\n\n- **one** <img src=x onerror=alert(1)>\n\n[x](javascript:x)"
    )
    page = app.sign_in().get(f"/app/notes/{note}")
    assert "<h1>Plan</h1>" in page.text
    assert "<strong>one</strong> &lt;img src=x" in page.text
    assert "javascript:x)" in page
    assert 'href="javascript' not in page.text
    assert record(app, "notes", note)["plan"].startswith("# Plan")


def test_code_is_shown_letter_by_letter(app):
    note = make(app, "notes", name="A", script="if a < b:\n    return")
    page = app.sign_in().get(f"/app/notes/{note}")
    assert '<pre class="code" tabindex="0">if a &lt; b:\n    return</pre>' in page.text
