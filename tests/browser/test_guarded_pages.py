"""axe finds no violation, and nothing overflows, on the pages of sign-in, users, rights and automation."""

import pytest

from runtime.automation.worker import Worker
from runtime.identity.actor import SYSTEM
from runtime.storage.webhooks import Webhooks
from tests.support.axe import AXE, SIZES, check_both
from tests.support.crm import PASSWORD
from tests.support.screens import PACK, make, submit

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
KEYS = "/profile/keys"
SUE = "sue.with.a.very.long.name@a-company-with-a-long-name.example.com"
GUARDED = """
    schemas/access/roles.yaml:
      boss: {label: Head of sales, profiles: [sales]}
      seller: {under: boss, profiles: [sales]}
    schemas/access/profiles/sales.yaml:
      modules: {deals: {read: true, create: true, update: true, export: true}, "*": {read: true}}
      fields: {deals.amount: {update: "=stage.kind == 'open'"}, deals.phone: {read: false}}
    schemas/access/sharing.yaml:
      default: {deals: private, "*": write}
      rules: [{module: deals, to: {role: seller}, grant: read, where: "stage.kind == 'won'"}]
    schemas/workflows/won_deal.yaml:
      label: A won deal gets its account a city
      module: deals
      trigger: {changed: {field: stage, to: won}}
      when: amount > 10
      steps:
        - if: is_empty(account.city)
          then: [{update: {record: =account, set: {city: Oulu}}}]
        - wait: {for: 2 days}
        - update: {record: =account, set: {name: =none}}
    schemas/tools/deals.yaml:
      call_back:
        label: Call back
        confirm: Call the account back?
        inputs: {due: {type: date, required: true, default: =today() + days(3)}, why: {type: text}}
        steps: [{update: {set: {name: "=concat(name, '!')"}}}]
      paper:
        label: On paper
        steps: [{print: {}}]
    schemas/jobs/tidy_deals.yaml:
      label: Tidy deals
      schedule: "0 7 * * mon"
      steps: [{update: {set: {name: =name}}}]
      for: {filter: deals.open}
    schemas/approvals/big.yaml:
      label: A big deal
      module: deals
      when: amount > 100
      lock: [amount]
      chain: [{approver: {role: boss}}]
      approved: [{update: {set: {amount: 100}}}]
    templates/documents/offer.yaml:
      module: deals
      name: Offer {{ name }}
      html: "<h1>{{ name }}</h1>"
    templates/mail/welcome.yaml:
      module: deals
      subject: Welcome, {{ name }}
      text: We look forward to {{ name }}.
"""


@pytest.fixture
def app(crm):
    return crm(PACK + GUARDED)


@pytest.fixture
def addresses(app):
    """The address of each page, on a site where something has happened."""
    sue = app.user(SUE, admin=False)
    app.program()("PATCH", f"/users/{sue}", json={"role": "seller", "name": "Sue Lindström-Virtanen"})
    account = make(app, "accounts", name="Acme", owner=sue)
    deals = [make(app, "deals", name=f"Deal {n}", account=account, amount=n * 9, owner=sue) for n in range(3)]
    for deal in deals:
        app.program()("PATCH", f"/deals/{deal}", json={"stage": "won"})
    boss = app.user("boss@example.com", admin=False)
    app.program()("PATCH", f"/users/{boss}", json={"role": "boss"})
    make(app, "deals", name="Too big", account=account, amount=900, owner=sue)
    with app.site.database.write() as tx:
        app.site.background.start(tx, "back_test", {"workflow": "won_deal", "days": 7}, SYSTEM, "won_deal")
    Worker(app.site, app.site.background, "test").drain()
    browser = app.sign_in(SUE, admin=False)
    for given in ({"read_only": "on"}, {"of": "some", "module": ["deals", "accounts"]}):
        submit(browser, KEYS, {"label": "Web shop", "password": PASSWORD, **given}, key=KEYS)
    return {
        "my sign-in": "/profile/sign-in",
        "my keys": "/profile/keys",
        "users": "/app/users",
        "user": f"/app/users/{sue}",
        "user's doors": f"/admin/users/{sue}",
        "security": "/admin/security",
        "security log": "/admin/security-log",
        "access": "/admin/access",
        "access of one": f"/admin/access?user={SUE}&record=deals/{deals[0]}",
        "workflows": "/admin/workflows",
        "workflow": "/admin/workflows/won_deal",
        "trying it": f"/admin/workflows/won_deal/try?record={deals[1]}",
        "back-test": "/admin/workflows/won_deal/back-test",
        "runs": "/admin/runs",
        "jobs": "/admin/jobs",
        "job": "/admin/jobs/tidy_deals",
        "tools": "/admin/tools",
        "tool, drawn": "/admin/tools/deals.call_back",
        "rules of approval": "/admin/approvals",
        "approval, drawn": "/admin/approvals/big",
        "documents": "/admin/documents",
        "document": f"/admin/documents/offer?record={deals[0]}",
        "webhook": _webhook(app),
        "mail": "/admin/mail",
        "letters": "/admin/letters",
        "letter": f"/admin/letters/welcome?record={deals[0]}",
        "secrets": "/admin/secrets",
        "calendar": "/profile/calendar",
        "inbox": "/notifications",
        "approvals": "/approvals",
        "share": f"/app/deals/{deals[0]}/share",
        "tool": f"/app/deals/{deals[0]}/tools/call_back",
        "print": f"/app/deals/{deals[0]}/print",
        "card": f"/app/deals/{deals[0]}",
    }


def _webhook(app):
    """The page of a webhook that was called as a test, in vain."""
    admin = app.sign_in()
    given = {"name": "Books", "url": "https://127.0.0.1/in", "event": ["created", "updated"]}
    submit(admin, "/admin/webhooks", given, key="/admin/webhooks")
    with app.site.database.read() as connection:
        address = f"/admin/webhooks/{Webhooks(app.site.clock).all(connection)[0].id}"
    admin.post(address, at=address, do="test")
    Worker(app.site, app.site.background, "test").drain()
    return address


AUTOMATION = tuple(
    f"/admin/{page}"
    for page in (
        "workflows", "tools", "jobs", "approvals", "runs", "webhooks", "secrets",
        "mail", "letters", "documents",
    )
)  # fmt: skip
"""What the addresses of the pages of automation begin with."""


@pytest.mark.parametrize("size", list(SIZES))
def test_no_page_of_automation_has_a_violation(app, addresses, visit, size):
    page = visit(app, viewport=SIZES[size])
    page.add_init_script(path=AXE)
    wrong = []
    for name, address in addresses.items():
        if address.startswith(AUTOMATION):
            page.goto(address)
            wrong += check_both(page, name)
    page.goto(addresses["runs"])
    page.locator("main a[href^='/admin/runs/']").first.click()
    page.wait_for_url("**/admin/runs/*")
    wrong += check_both(page, "run")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("size", list(SIZES))
def test_no_page_of_the_guard_has_a_violation(app, addresses, visit, size):
    page = visit(app, viewport=SIZES[size])
    page.add_init_script(path=AXE)
    wrong = []
    for name, address in addresses.items():
        if not address.startswith(AUTOMATION):
            page.goto(address)
            wrong += check_both(page, name)
    page.goto("/profile/sign-in")
    page.get_by_label("Password").first.fill(PASSWORD)
    page.locator("button[value=app]").click()
    page.locator(".secret-key").wait_for()
    wrong += check_both(page, "setting an app up")
    assert not wrong, "\n".join(wrong)
