"""The admin pages of workflows: the list, one drawn, runs, and what is done about one that failed."""

from collections.abc import Callable

from tests.support.crm import App
from tests.support.flows import Flows, with_workflow

Crm = Callable[..., App]

FLOW = """
label: A new account has a task
module: accounts
trigger: created
when: type == 'big'
steps:
  - create: {module: tasks, set: {subject: =note, account: =this}}
"""


def test_an_admin_sees_why_a_run_failed_lets_it_go_on_and_runs_it_again(crm: Crm) -> None:
    app = crm(with_workflow(FLOW))
    flows = Flows(app)
    browser = app.sign_in()
    account = flows.save("accounts", name="Acme", type="big")
    flows.work()
    page = browser.get("/admin/workflows")
    assert "A new account has a task" in page
    assert "1 failed" in page
    page = browser.get("/admin/workflows/flow")
    assert "type == 'big'" in page
    assert "Create a record" in page
    (run,) = flows.all()
    assert "Acme" in browser.get("/admin/runs?workflow=flow&state=failed")
    assert "Acme" not in browser.get("/admin/runs?state=done")
    page = browser.get(f"/admin/runs/{run.id}")
    assert "Subject is required." in page
    flows.save("accounts", account, note="Call them")
    browser.post(f"/admin/runs/{run.id}/resume", at=f"/admin/runs/{run.id}")
    flows.work()
    assert "Call them" in browser.get(f"/admin/runs/{run.id}")
    browser.post(f"/admin/runs/{run.id}/again", at=f"/admin/runs/{run.id}")
    flows.work()
    assert len(flows.ids("tasks")) == 2


def test_a_workflow_is_switched_off_and_on(crm: Crm) -> None:
    app = crm(with_workflow(FLOW))
    flows = Flows(app)
    browser = app.sign_in()
    page = browser.post("/admin/workflows/flow/switch", at="/admin/workflows/flow", on="no")
    assert "Switch on" in page
    flows.save("accounts", name="Acme", type="big")
    assert flows.all() == []
    browser.post("/admin/workflows/flow/switch", at="/admin/workflows/flow", on="yes")
    flows.save("accounts", name="Other", type="big")
    assert len(flows.all()) == 1


def test_who_is_no_admin_sees_none_of_it(crm: Crm) -> None:
    browser = crm(with_workflow(FLOW)).sign_in("sam@example.com", admin=False)
    for address in ("/admin/workflows", "/admin/workflows/flow", "/admin/runs"):
        assert browser.get(address).status in (403, 404)


def test_an_admin_back_tests_a_workflow_and_sees_what_it_would_have_done(crm: Crm) -> None:
    app = crm(with_workflow(FLOW))
    flows = Flows(app)
    browser = app.sign_in()
    browser.post("/admin/workflows/flow/switch", at="/admin/workflows/flow", on="no")
    flows.save("accounts", name="Acme & Sons", type="big")
    flows.save("accounts", name="Small", type="small")
    assert "Back-test" in browser.get("/admin/workflows/flow")
    page = browser.post("/admin/workflows/flow/back-test", at="/admin/workflows/flow/back-test", days="30")
    assert "You may leave this page" in page
    flows.work()
    page = browser.get("/admin/workflows/flow/back-test")
    assert "In the last 30 days it would have run once." in page
    assert "Acme & Sons" in page
    assert "Small" not in page
    assert "What it cannot know" in page
    assert flows.all() == []


def test_an_old_run_is_replayed_beside_what_it_did_then(crm: Crm) -> None:
    app = crm(with_workflow(FLOW))
    flows = Flows(app)
    browser = app.sign_in()
    account = flows.save("accounts", name="Acme", type="big", note="Call them")
    flows.work()
    (run,) = flows.all()
    same = browser.post(f"/admin/runs/{run.id}/replay", at=f"/admin/runs/{run.id}")
    assert "All of them would do the same." in same
    flows.save("accounts", account, note="")
    other = browser.post(f"/admin/runs/{run.id}/replay", at=f"/admin/runs/{run.id}")
    assert "Something would be different." in other
    assert "Subject is required." in other
    assert len(flows.ids("tasks")) == 1
    assert len(flows.all()) == 1


STEPS = """
label: Told in words
module: accounts
trigger: [created, {webhook: {key: orders, set: {name: name}}}]
steps:
  - if: type == 'big'
    then: [{update: {set: {note: Large}}}]
  - create: {module: tasks, set: {subject: Call, account: =this}}
  - notify: {to: admins, text: "=name"}
on_error: {retry: {times: 1, backoff: 5 seconds}}
"""


def test_a_run_tells_in_words_what_its_steps_read_and_did(crm: Crm) -> None:
    app = crm(with_workflow(STEPS))
    flows, browser = Flows(app), app.sign_in()
    flows.save("accounts", name="Acme", type="big")
    flows.save("accounts", name="Small")
    flows.work()
    big, small = (browser.get(f"/admin/runs/{run.id}") for run in flows.all())
    assert "The condition held." in big
    assert "Yes" in big
    assert "The record was changed. Fields: Note." in big
    assert "A record was made." in big
    assert "People who were told: 1." in big
    assert "The condition did not hold." in small
    for raw in ("holds:", "what:", "people:", "True", "False"):
        assert raw not in big
        assert raw not in small


LINKS = """
module: deals
trigger: created
steps:
  - {create: {module: contacts, set: {name: Ann}}, as: ann}
  - {link: {record: =this, to: =ann, in: contacts}}
"""


def test_a_step_that_links_is_drawn_with_the_list_that_it_names(crm: Crm) -> None:
    page = crm(with_workflow(LINKS)).sign_in().get("/admin/workflows/flow")
    assert "incontacts" in page
    assert "Collection(" not in page


def test_a_run_that_did_not_apply_says_so_and_leads_to_the_reason(crm: Crm) -> None:
    app = crm(with_workflow(FLOW.replace("trigger: created", "trigger: manual")))
    flows, browser = Flows(app), app.sign_in()
    account = flows.save("accounts", name="Acme")
    at = f"/admin/workflows/flow/try?record={account}"
    browser.post("/admin/workflows/flow/run", at=at, record=str(account))
    flows.work()
    (run,) = flows.all()
    page = browser.get(f"/admin/runs/{run.id}")
    assert "its condition did not hold" in page
    assert f'href="{at}"' in page.text
    assert "type == &#39;big&#39;" in browser.get(at).text


def test_a_workflow_that_is_called_shows_the_address_of_the_call(crm: Crm) -> None:
    browser = crm(with_workflow(STEPS)).sign_in()
    page = browser.get("/admin/workflows/flow")
    assert "another system calls: http://127.0.0.1:8000/hooks/orders, signed with the secret orders" in page
    assert "Tries after the first one has failed: 1." in page


OTHERS = """
    schemas/workflows/other.yaml:
      label: Also of accounts
      module: accounts
      trigger: manual
      steps: [{update: {set: {note: Also}}}]
    schemas/workflows/asleep.yaml:
      label: Not yet at work
      active: false
      module: accounts
      trigger: manual
      steps: [{update: {set: {note: Asleep}}}]
    schemas/workflows/elsewhere.yaml:
      label: Of deals
      module: deals
      trigger: manual
      steps: [{update: {set: {note: Deal}}}]
"""


def test_an_admin_sees_what_all_workflows_that_are_on_would_do_with_a_record(crm: Crm) -> None:
    app = crm(with_workflow(FLOW) + OTHERS)
    flows, browser = Flows(app), app.sign_in()
    account = flows.save("accounts", name="Acme", note="Call them")
    address = "/admin/workflows/flow/try"
    asked = {"at": f"{address}?record={account}", "record": str(account)}
    assert "Also of accounts" not in browser.post(address, **asked)
    page = browser.post(address, **asked, which="all")
    assert "A new account has a task Did not apply" in page
    assert "Also of accounts Done" in page
    assert "Not yet at work" not in page
    assert "Of deals" not in page
    assert flows.all() == []
    assert flows.get("accounts", account)["note"] == "Call them"
    browser.post("/admin/workflows/other/switch", at="/admin/workflows/other", on="no")
    assert "Also of accounts" not in browser.post(address, **asked, which="all")
