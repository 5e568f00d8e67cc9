"""Texts that would run, in a real browser: shown on every kind of page, and nothing runs or is fetched."""

from urllib.parse import quote, urlsplit

import pytest

from tests.support.payloads import PAYLOADS as MANY
from tests.support.screens import make, submit

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)

IMAGE = "<img src=x onerror=alert(1)>"
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</textarea></script><iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1) data-hx-get=/x hx-on:click=alert(1) hx-trigger=load>x</a>",
)
RICH = (
    "<p onclick=alert(1)>a<script>alert(1)</script><img src=https://evil.example/x.png>"
    "<a href='javascript:alert(1)'>b</a><style>*{display:none}</style><form action=https://evil.example>"
    "<input name=password></form><iframe src=https://evil.example></iframe><b data-hx-get='/x'>c</b></p>"
)
PACK = f"""
    schemas/modules/things.yaml:
      label: "Thing {IMAGE}"
      plural: "Things {IMAGE}"
      title: name
      fields:
        name: {{type: text, required: true, max: 200, label: "Name {IMAGE}", help: "Help {IMAGE}"}}
        kind: {{type: picklist, picklist: kind}}
        notes: {{type: rich_text}}
        said: {{type: long_text, format: markdown}}
        words: {{type: tags}}
        parent: {{type: relation, module: things, inverse: parts}}
        site: {{type: url}}
    schemas/picklists/kind.yaml:
      values: {{bad: {{label: "Bad {IMAGE}", color: red}}}}
    schemas/layouts/things.yaml:
      card:
        process: kind
        tabs:
          overview:
            label: "Tab {IMAGE}"
            all: {{label: "Block {IMAGE}", fields: [name, kind, notes, said, words, parent, site]}}
            parts: {{related: parts, columns: [name, kind]}}
          papers: {{files: {{component: files}}}}
          history: {{log: {{component: change_log}}}}
      list: [name, kind, notes, words, parent]
    schemas/filters/things.yaml:
      all: {{label: "All {IMAGE}", quick: [kind, parent, name]}}
    schemas/menu.yaml:
      group: {{label: "Menu {IMAGE}", items: [things]}}
"""


@pytest.fixture
def app(crm):
    return crm(PACK)


@pytest.fixture
def watched(app, visit):
    """A page of an administrator, what ran in it, and what it asked of other machines."""
    page = visit(app)
    troubles: list[str] = []

    def ran(dialog) -> None:
        troubles.append(f"ran: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", ran)
    home = urlsplit(page.url).netloc

    def look(request) -> None:
        place = urlsplit(request.url)
        if place.scheme in ("http", "https", "ws", "wss") and place.netloc != home:
            troubles.append(f"asked {request.url}")
        if place.path.endswith("/x"):
            troubles.append(f"asked {request.url}")

    page.on("request", look)
    return page, troubles


def test_nothing_that_people_or_packs_write_runs_in_a_browser(app, watched):
    page, troubles = watched
    parent = make(app, "things", name=PAYLOADS[1], kind="bad")
    for payload in PAYLOADS:
        more = {"notes": RICH, "said": payload, "words": ["<b>x</b>"], "parent": parent}
        thing = make(app, "things", name=payload, kind="bad", **more)
    for payload in MANY:
        make(app, "things", name=payload, kind="bad", said=payload, parent=parent)
    sent = ("file", ("<img src=x onerror=alert(1)>.txt", b"<script>alert(1)</script>", "text/html"))
    app.program()("POST", f"/things/{thing}/files", files=[sent])
    make(app, "groups", name=PAYLOADS[1])
    app.sign_in().post("/profile", name=PAYLOADS[1])
    rows = f"{PAYLOADS[1]};x\n{PAYLOADS[0]};y\n"
    mapped = submit(app.sign_in(), "/app/things/import", files={"file": (f"{IMAGE}.csv", rows.encode())})
    for address in (
        *(
            "/app",
            "/app/things",
            "/app/things?limit=100&_columns=name,said,parent",
            f"/app/things?search={quote(PAYLOADS[1])}",
            "/app/things/new",
        ),
        "/app/groups",
        *(f"/app/things/{thing}", f"/app/things/{thing}?tab=papers", f"/app/things/{thing}?tab=history"),
        *(f"/app/things/{thing}/edit", f"/app/things/{thing}/delete", f"/app/things/{parent}"),
        *(f"/search?q={quote(PAYLOADS[0])}", "/profile", "/admin/setup?show=modules.things", "/admin/access"),
        *("/admin/security-log", f"/signin?next={quote(PAYLOADS[1])}", f"/app/{quote(PAYLOADS[1], safe='')}"),
        str(mapped.response.url.raw_path.decode()),
    ):
        page.goto(address, wait_until="networkidle")
        assert page.locator("iframe, main script, main style").count() == 0, address
        assert page.locator("[onerror], [onclick], [onload]").count() == 0, address
        assert page.locator("[data-hx-get], [hx-on\\:click]").count() == 0, address
    page.goto(f"/app/things/{thing}/edit")
    page.get_by_role("combobox", name="parent", exact=False).first.click()
    page.locator("[role=option]").first.wait_for()
    page.goto("/app")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Find anything").fill("img")
    page.locator("[role=option]").first.wait_for()
    page.goto(f"/app/things/{thing}")
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("dialog").wait_for()
    assert troubles == []
