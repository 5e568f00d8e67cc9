"""Tools, jobs, approvals and documents on the admin pages: drawn beside their text, and previewed."""

from collections.abc import Callable
from pathlib import Path

from runtime import web
from runtime.language.kinds.workflows import known_steps
from tests.support.crm import App
from tests.support.flows import PACK, Flows

Crm = Callable[..., App]

TOOLS = """
    schemas/tools/deals.yaml:
      # Another tool, which the page of the first one does not show.
      paper:
        label: On paper
        steps: [{print: {}}]
      # Whoever won it wants a task.
      make_task:
        label: Make a task
        on: [card, list]
        show: stage.kind == 'won'
        confirm: Make a task of this deal?
        inputs: {due: {type: date, label: Due, required: true, default: =today()}}
        steps:
          - if: is_empty(account)
            then: [{stop: true}]
            else: [{update: {record: =account, set: {note: =name}}}]
          - create: {module: tasks, set: {subject: =name, due: =inputs.due}}
            as: task
"""
APPROVAL = """
    schemas/access/roles.yaml:
      ceo: {label: CEO}
    schemas/approvals/big.yaml:
      label: A big deal
      module: deals
      when: amount > 1000
      lock: [amount, items]
      chain: [{approver: {role: ceo}, timeout: 3 days, then: reject}]
      approved: [{update: {set: {note: approved}}}]
      rejected: [{update: {set: {note: refused}}}]
"""
DOCUMENTS = """
    pack.yaml:
      title: Test
      version: 1.0.0
      languages: [en, fi]
      currency: EUR
      timezone: Europe/Helsinki
    templates/documents/offer.yaml:
      module: deals
      name: {en: "Offer {{ name }}", fi: "Tarjous {{ name }}"}
      text: |
        To {{ account.name }}:
        {% for item in items %}{{ item.qty }} x {{ item.product }}
        {% endfor %}
    templates/documents/page.yaml:
      module: deals
      name: page
      html: "<h1>{{ name }}</h1><script>alert(1)</script>"
    schemas/workflows/offers.yaml:
      label: Offers
      module: deals
      trigger: created
      active: false
      steps: [{document: {template: offer}}]
"""


def test_a_tool_is_drawn_with_its_button_what_it_asks_and_its_branches(crm: Crm) -> None:
    app = crm(PACK + TOOLS)
    flows, browser = Flows(app), app.sign_in()
    assert "Make a task" in browser.get("/admin/tools")
    page = browser.get("/admin/tools/deals.make_task")
    for said in (
        "On the list, for what is selected", "stage.kind == 'won'", "Make a task of this deal?",
        "Due, required (today())", "If it holds", "Stop here", "Otherwise", "note = name", "called task",
        "rights of whoever uses it", "show: stage.kind", "schemas/tools/deals.yaml",
    ):  # fmt: skip
        assert said in page.text.replace("&#39;", "'"), said
    assert "On paper" not in page
    assert "Whoever won it" not in page  # the comment of a tool stands above its first line
    deal = flows.save("deals", name="Bridge", stage="won")
    browser.post(f"/app/deals/{deal}/tools/make_task", due="2026-05-01")
    flows.work()
    assert "1 done" in browser.get("/admin/tools")
    (run,) = flows.all()
    assert "/admin/tools/deals.make_task" in browser.get(f"/admin/runs/{run.id}").text
    assert browser.get("/admin/tools/deals.nothing").status == 404


def test_an_approval_is_drawn_with_what_it_locks_and_how_many_wait(crm: Crm) -> None:
    app = crm(PACK + APPROVAL)
    flows, browser = Flows(app), app.sign_in()
    flows.save("users", app.user("ceo@example.com", admin=False), role="ceo")
    flows.save("deals", name="Bridge", amount="2000")
    flows.work()
    assert "amount &gt; 1000" in browser.get("/admin/approvals").text
    page = browser.get("/admin/approvals/big")
    for said in (
        "one of these gets another value: Amount", "Amount, Items", "Ask for approval", "ceo", "3 days",
        "When it is refused", "note = refused", "note = approved", "To be decided: 1",
    ):  # fmt: skip
        assert said in page.text.replace("&#39;", "'"), said
    (run,) = flows.all()
    assert "/admin/approvals/big" in browser.get(f"/admin/runs/{run.id}").text
    assert browser.get("/admin/approvals/small").status == 404


def test_a_document_is_previewed_on_a_real_record_and_keeps_nothing(crm: Crm) -> None:
    app = crm(PACK + DOCUMENTS)
    flows, browser = Flows(app), app.sign_in()
    account = flows.save("accounts", name="Acme & Co")
    deal = flows.save("deals", name="A <b>", account=account, items=[{"product": "Cup", "qty": 2}])
    page = browser.get("/admin/documents")
    assert "Offer {{ name }}.txt" in page
    assert 'href="/admin/workflows/offers"' in page.text
    page = browser.get(f"/admin/documents/offer?record={deal}")
    assert "To Acme &amp; Co:\n2 x Cup\n" in page.text
    assert "Offer A -b-.txt" in page
    assert "Tarjous A -b-.txt" in browser.get(f"/admin/documents/offer?record={deal}&language=fi")
    assert (
        f"/admin/documents/page/html?record={deal}"
        in browser.get(f"/admin/documents/page?record={deal}").text
    )
    framed = browser.get(f"/admin/documents/page/html?record={deal}")
    assert "<h1>A &lt;b&gt;</h1>" in framed.text
    assert framed.response.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert browser.get(f"/admin/documents/offer/html?record={deal}").status == 404
    assert browser.get("/admin/documents/offer?record=no/999999").status == 200
    assert flows.ids("files") == []
    assert flows.all() == []


def test_who_is_no_admin_sees_none_of_it(crm: Crm) -> None:
    browser = crm(PACK + TOOLS + APPROVAL + DOCUMENTS).sign_in("sam@example.com", admin=False)
    for address in (
        "tools", "tools/deals.paper", "approvals", "approvals/big", "documents", "documents/page",
        "documents/page/html",
    ):  # fmt: skip
        assert browser.get(f"/admin/{address}").status in (403, 404)


def test_every_step_is_drawn_with_an_icon_that_there_is() -> None:
    listed = Path(web.__file__).parent / "static" / "icons.txt"
    assert {kind.icon for kind in known_steps().values()} <= set(listed.read_text(encoding="utf-8").split())
