"""Tools: buttons on cards and lists, what they ask first, what they do, and whom they are for."""

import html
import re
from collections.abc import Callable

from tests.support.crm import App, Browser
from tests.support.flows import PACK, Flows

Crm = Callable[..., App]

TOOLS = (
    PACK
    + """
    schemas/tools/deals.yaml:
      make_task:
        label: Make a task
        on: [card, list]
        show: stage.kind == 'won'
        confirm: Make a task of this deal?
        inputs:
          due: {type: date, required: true, default: =today() + days(14)}
          whose: {type: relation, module: accounts, default: =account}
          subject: {type: text, default: =name}
          lines: {type: integer, default: =count(items)}
        steps:
          - create:
              module: tasks
              set: {subject: =inputs.subject, deal: =this, account: =inputs.whose, due: =inputs.due}
              rows: {lines: {from: =items, set: {what: =product, qty: =qty}}}
            as: task
          - update: {set: {note: =task.account.name}}
          - open: {record: =task}
      win:
        label: Win it
        on: [card, list]
        show: stage.kind == 'open'
        steps: [{update: {set: {stage: won}}}]
      both:
        label: Both or none
        steps:
          - atomic:
              - create: {module: tasks, set: {subject: Half, deal: =this}}
                as: half
              - update: {set: {name: =note}}
          - update: {set: {note: =half.subject}}
      new_task:
        label: A task by form
        steps:
          - open: {module: tasks, set: {subject: "=concat('About ', name)", deal: =this, due: 2026-05-01}}
      paper:
        label: On paper
        steps: [{print: {}}]
      later:
        label: Later
        steps: [{wait: {for: 2 days}}, {update: {set: {note: waited}}}]
      make_account:
        label: Find or make its account
        steps:
          - create: {module: accounts, match: [name], set: {name: =name}}
            as: found
          - update: {set: {account: =found}}
    schemas/workflows/by_hand.yaml:
      label: Run by hand
      module: deals
      trigger: manual
      when: stage == 'proposal'
      steps: [{update: {set: {note: by hand}}}]
    schemas/workflows/using.yaml:
      module: deals
      trigger: {changed: {field: stage, to: won}}
      when: name == 'Auto'
      steps: [{run_tool: {tool: deals.make_task, inputs: {subject: By a workflow}}}]
"""
)
RIGHTS = (
    TOOLS
    + """
    schemas/access/roles.yaml:
      seller: {profiles: [sales]}
    schemas/access/profiles/sales.yaml:
      modules: {deals: {read: true, update: true}, tasks: {read: true}, "*": {read: true}}
      tools: {deals.win: true, deals.make_task: true}
"""
)


def press(browser: Browser, page: str, tool: str, **values: str) -> object:
    """Press a button of a card that asks nothing first."""
    shown = browser.get(page)
    token = re.search(
        rf'/tools/{tool}"><input[^>]*><input type="hidden" name="_token" value="([^"]+)"', shown.text
    )
    assert token is not None, f"{tool} is not on {page}"
    return browser.post(f"{page}/tools/{tool}", at=page, _token=token[1], **values)


def test_a_tool_asks_its_inputs_makes_a_record_with_rows_and_leads_to_it(crm: Crm) -> None:
    app = crm(TOOLS)
    flows, browser = Flows(app), app.sign_in()
    account = flows.save("accounts", name="Acme")
    deal = flows.save("deals", name="Big", stage="won", account=account, items=[{"product": "Nut", "qty": 3}])
    card = f"/app/deals/{deal}"
    assert "Make a task" in browser.get(card)
    page = browser.get(f"{card}/tools/make_task")
    assert "Make a task of this deal?" in page
    assert 'value="Acme"' in page.text
    token = page.hidden("_token")
    refused = browser.post(f"{card}/tools/make_task", due="", subject="X", whose=str(account), _token=token)
    assert refused.status == 422
    assert refused.error("due") == "Due is required."
    sent = {"due": "2026-05-01", "subject": "Call", "whose": str(account), "_token": token}
    done = browser.post(f"{card}/tools/make_task", **sent)
    (task,) = flows.ids("tasks")
    assert done.path == f"/app/tasks/{task}"
    assert flows.get("tasks", task)["subject"] == "Call"
    assert [flows.get("task_lines", each)["what"] for each in flows.ids("task_lines")] == ["Nut"]
    assert flows.get("deals", deal)["note"] == "Acme"
    browser.post(f"{card}/tools/make_task", **sent)
    assert flows.ids("tasks") == [task]  # the same form, sent twice
    (run,) = flows.all()
    assert (run.workflow, run.trigger, run.state) == ("tool:deals.make_task", "tool", "done")
    assert "Make a task" in browser.get("/admin/runs")


def test_show_means_show_and_says_it_of_the_card_the_form_and_the_quick_view_alike(crm: Crm) -> None:
    app = crm(TOOLS)
    flows, browser = Flows(app), app.sign_in()
    deal = flows.save("deals", name="Big")
    for page in ("", "/edit", "/quick"):
        shown = browser.get(f"/app/deals/{deal}{page}")
        assert "Win it" in shown
        assert "Make a task" not in shown
        assert "Run by hand" not in shown
    assert browser.get(f"/app/deals/{deal}/tools/make_task").status == 404
    press(browser, f"/app/deals/{deal}", "win")
    assert flows.get("deals", deal)["stage"] == "won"
    for page in ("", "/edit", "/quick"):
        shown = browser.get(f"/app/deals/{deal}{page}")
        assert "Make a task" in shown
        assert "Win it" not in shown


def test_a_workflow_that_runs_by_hand_has_a_button_while_its_condition_holds(crm: Crm) -> None:
    app = crm(TOOLS)
    flows, browser = Flows(app), app.sign_in()
    deal = flows.save("deals", name="Big", stage="proposal")
    press(browser, f"/app/deals/{deal}", "by_hand")
    assert flows.get("deals", deal)["note"] == "by hand"
    browser.post("/admin/workflows/by_hand/switch", at="/admin/workflows/by_hand", on="no")
    assert "Run by hand" not in browser.get(f"/app/deals/{deal}")


def test_what_is_done_together_is_undone_together(crm: Crm) -> None:
    app = crm(TOOLS)
    flows, browser = Flows(app), app.sign_in()
    deal = flows.save("deals", name="Big")
    page = press(browser, f"/app/deals/{deal}", "both")
    assert page.status == 422  # type: ignore[attr-defined]
    assert "Name is required." in page  # type: ignore[operator]
    assert flows.ids("tasks") == []
    flows.save("deals", deal, note="Named")
    press(browser, f"/app/deals/{deal}", "both")
    assert len(flows.ids("tasks")) == 1
    assert (flows.get("deals", deal)["name"], flows.get("deals", deal)["note"]) == ("Named", "Half")


def test_a_tool_opens_a_form_that_is_filled_in_and_nothing_is_saved_before_the_person_does(crm: Crm) -> None:
    app = crm(TOOLS)
    flows, browser = Flows(app), app.sign_in()
    deal = flows.save("deals", name="Big")
    page = press(browser, f"/app/deals/{deal}", "new_task")
    assert page.path == "/app/tasks/new"  # type: ignore[attr-defined]
    assert 'value="About Big"' in page.text  # type: ignore[attr-defined]
    assert 'value="2026-05-01"' in page.text  # type: ignore[attr-defined]
    assert flows.ids("tasks") == []
    number = flows.all()[0].id
    other = app.sign_in("sam@example.com", admin=False)
    assert "About Big" not in other.get(f"/app/tasks/new?_run={number}").text


def test_a_tool_prints_and_one_that_waits_goes_on_in_the_background(crm: Crm) -> None:
    app = crm(TOOLS)
    flows, browser = Flows(app), app.sign_in()
    deal = flows.save("deals", name="Big", items=[{"product": "Nut", "qty": 3}])
    page = press(browser, f"/app/deals/{deal}", "paper")
    assert page.path == f"/app/deals/{deal}/print"  # type: ignore[attr-defined]
    assert "Nut" in page  # type: ignore[operator]
    page = press(browser, f"/app/deals/{deal}", "later")
    assert "Later: it goes on in the background." in page  # type: ignore[operator]


def test_a_record_that_is_there_is_found_instead_of_made(crm: Crm) -> None:
    app = crm(TOOLS)
    flows, browser = Flows(app), app.sign_in()
    account = flows.save("accounts", name="Ac'me", note="kept")
    deal = flows.save("deals", name="Ac'me")
    other = flows.save("deals", name="New one")
    press(browser, f"/app/deals/{deal}", "make_account")
    press(browser, f"/app/deals/{other}", "make_account")
    assert flows.get("deals", deal)["account"] == account
    assert flows.get("accounts", account)["note"] == "kept"
    assert len(flows.ids("accounts")) == 2


def test_a_tool_is_used_for_the_records_that_are_chosen_in_a_list(crm: Crm) -> None:
    app = crm(TOOLS)
    flows, browser = Flows(app), app.sign_in()
    deals = [flows.save("deals", name=f"Deal {each}") for each in range(3)]
    won = flows.save("deals", name="Done", stage="won")
    page = browser.get("/app/deals")
    assert f'name="id" value="{deals[0]}"' in page.text
    assert 'formaction="/app/deals/tools/win"' in page.text
    asked = "&".join(f"id={each}" for each in (*deals, won))
    page = browser.get(f"/app/deals/tools/win?{asked}")
    assert "Deal 2" in page
    assert "It is not for 1 of the chosen records" in page
    sent = {"_csrf": page.hidden("_csrf"), "_token": "t1", "id": [str(each) for each in (*deals, won)]}
    done = browser.client.post("/app/deals/tools/win", data=sent)
    assert "Win it: done for 3, left out for 1" in done.text
    assert [flows.get("deals", each)["stage"] for each in deals] == ["won"] * 3


def test_a_tool_of_a_list_leads_back_to_it_as_it_was_filtered_and_says_why_it_failed(crm: Crm) -> None:
    app = crm(TOOLS)
    flows, browser = Flows(app), app.sign_in()
    deal = flows.save("deals", name="No subject", stage="won")
    seen = "/app/deals?stage=won&sort=-name"
    page = browser.get(f"/app/deals/tools/make_task?id={deal}", referer=f"http://crm.test{seen}")
    assert f'<a class="btn" href="{html.escape(seen)}">Cancel</a>' in page.text
    sent = {"_csrf": page.hidden("_csrf"), "_token": "t1", "id": str(deal), "due": "2026-05-01"}
    for given, led in ((seen, seen), ("https://evil.test/app/deals", "/app/deals"), ("/app", "/app/deals")):
        done = browser.client.post("/app/deals/tools/make_task", data={**sent, "_list": given})
        assert str(done.url).removeprefix("http://crm.test") == led
    assert "Make a task: failed for 1 (tasks: subject: Subject is required.)" in done.text


def test_a_workflow_uses_a_tool_with_the_systems_rights_and_its_own_defaults(crm: Crm) -> None:
    flows = Flows(crm(TOOLS))
    account = flows.save("accounts", name="Acme")
    deal = flows.save("deals", name="Auto", account=account)
    flows.save("deals", deal, stage="won")
    flows.work()
    (task,) = flows.ids("tasks")
    made = flows.get("tasks", task)
    assert (made["subject"], made["account"]) == ("By a workflow", account)
    assert made["due"] is not None


def test_who_lacks_the_right_on_the_tool_or_on_what_it_makes_does_not_see_it(crm: Crm) -> None:
    app = crm(RIGHTS)
    flows = Flows(app)
    user = app.user("sam@example.com", admin=False)
    flows.save("users", user, role="seller")
    browser = app.sign_in("sam@example.com", admin=False)
    deal = flows.save("deals", name="Big", owner={"module": "users", "id": user})
    page = browser.get(f"/app/deals/{deal}")
    assert "Win it" in page
    assert "On paper" not in page  # no right on the tool
    flows.save("deals", deal, stage="won")
    assert "Make a task" not in browser.get(f"/app/deals/{deal}")  # none to make tasks
    assert browser.get(f"/app/deals/{deal}/tools/make_task").status == 404


def test_programs_use_tools_once_for_each_key(crm: Crm) -> None:
    app = crm(TOOLS)
    flows, program = Flows(app), app.program()
    account = flows.save("accounts", name="Acme")
    deal = flows.save("deals", name="Big", stage="won", account=account)
    address = f"/deals/{deal}/tools/make_task"
    for _ in range(2):
        answer = program(
            "POST", address, json={"inputs": {"subject": "Call"}}, headers={"idempotency-key": "one"}
        )
        assert answer.status_code == 200
    (task,) = flows.ids("tasks")
    assert answer.json()["data"]["opens"] == {"module": "tasks", "id": task}
    wrong = program("POST", address, json={"inputs": {"due": "soon"}})
    assert (wrong.status_code, list(wrong.json()["error"]["fields"])) == (422, ["inputs.due"])
    assert program("POST", address, json={"inputs": {"nothing": 1}}).status_code == 400
    assert program("POST", f"/deals/{deal}/tools/win").json()["error"]["code"] == "not_offered"
    assert program("POST", f"/deals/{deal}/tools/nothing").status_code == 404
    assert program("POST", f"/deals/{deal}/tools/later").status_code == 202
    failed = program("POST", f"/deals/{flows.save('deals', name='No note')}/tools/both")
    assert (failed.status_code, failed.json()["error"]["code"]) == (422, "tool_failed")
    paths = program("GET", "/openapi.json").json()["paths"]
    assert "/api/v1/deals/{id}/tools/make_task" in paths
