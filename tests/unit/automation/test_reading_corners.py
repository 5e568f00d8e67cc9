"""Where a step with somebody's rights might still read what they may not see: every corner, and no canary."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from runtime.automation.starting import TOOL, Cause, start, told_of
from runtime.identity.actor import Actor
from runtime.storage.runtime_tables import runtime_tables
from tests.support.crm import App
from tests.support.flows import PACK, Flows
from tests.support.mail import mail_server, send_all
from tests.unit.automation.test_reading_as_a_user import the_seller

Crm = Callable[..., App]
HUSH, LEAK = "cnry", "leak"
"""The one begins whatever the seller may not see, the other is written by a step that knows of it."""


def task(text: str) -> str:
    """A step that makes a task of what an expression gives."""
    return f"{{create: {{module: tasks, set: {{subject: \"=concat('s ', {text})\"}}}}}}"


def known(condition: str) -> str:
    """A step that makes a task where a condition holds."""
    return f'{{if: "{condition}", then: [{{create: {{module: tasks, set: {{subject: {LEAK}}}}}}}]}}'


def each(records: str, text: str) -> str:
    """A step that makes a task of each record of a list."""
    return f"{{for_each: {{in: {records}, as: one, steps: [{task(text)}]}}}}"


CANARY = 471_108_153  # no part of any moment, as a shorter number may be
CORNERS = {
    "field": task("note"),
    "relation": task("account.name"),
    "field_behind": task("mine.note"),
    "path_behind": task("default(mine.note, account.note)"),
    "computed": task("told"),
    "computed_over": task("whose"),
    "first": task("first(contacts.name)"),
    "most": task("max(account.deals.secret)"),
    "total": task("sum(mine.deals.secret)"),
    "total_of_unseen": task("count(contacts)"),
    "looked_up": task("lookup(accounts, starts_with(name, 'cn'), name)"),
    "looked_up_by_hidden": task("lookup(deals, starts_with(note, 'cn'), name)"),
    "exists": known("exists(contacts, starts_with(name, 'cn'))"),
    "counted_by_hidden": known("count(mine.deals, starts_with(note, 'cn')) > 0"),
    "branch": known("starts_with(note, 'cn')"),
    "branch_on_link": known("not is_empty(account)"),
    "link": "{create: {module: tasks, set: {subject: s, account: =account}}}",
    "each_unseen": each("=contacts", "one.name"),
    "each_seen": each("=mine.deals", "one.note"),
    "matched": "{create: {module: contacts, match: [note], set: {name: new, note: =code}}}",
    "notice": "{notify: {to: =owner, text: \"=concat('s ', account.name, note)\"}}",
    "letter": "{email: {template: hush, to: boss@example.com}}",
    "address": "{email: {template: plain, to: \"=concat(note, '@example.com')\"}}",
    "paper": "{document: {template: paper}}",
    "stopped": "{stop: \"=concat('s ', account.name, note)\"}",
}
"""Steps, each of which would tell what is hidden, or do something by it."""
RIGHTS = """
    schemas/access/roles.yaml:
      seller: {profiles: [sales]}
    schemas/access/profiles/sales.yaml:
      modules:
        deals: {read: true, update: true}
        tasks: {read: true, create: true}
        accounts: {read: true}
        contacts: {read: true, create: true}
      fields:
        deals.note: {read: false}
        deals.secret: {read: false}
        deals.told: {read: false}
        deals.whose: {read: false}
        accounts.note: {read: false}
        accounts.won_total: {read: false}
      tools: {"deals.*": true}
    schemas/access/sharing.yaml:
      default: {accounts: private, contacts: private, "*": write}
    templates/mail/hush.yaml:
      module: deals
      subject: "S {{ account.name }}"
      text: "{{ name }} {{ note }} {{ whose }} {{ told }} {{ mine.note }}"
    templates/mail/plain.yaml:
      module: deals
      subject: S
      text: T
    templates/documents/paper.yaml:
      module: deals
      name: "P {{ note }}"
      text: "{{ account.name }} {{ note }} {{ whose }} {% for one in contacts %}{{ one.name }}{% endfor %}"
"""
FIELDS = """        turns: {type: integer, default: 0}
        code: {type: text}
        secret: {type: integer}
        mine: {type: relation, module: accounts, inverse: others}
        told: {type: text, formula: "concat('t ', note)"}
        whose: {type: text, formula: "concat('w ', account.note)"}
"""


def pack() -> str:
    """Every corner as a tool, and as a workflow with the rights of whoever caused it."""
    text = PACK.replace("        turns: {type: integer, default: 0}\n", FIELDS) + RIGHTS
    text += "    schemas/tools/deals.yaml:\n"
    text += "".join(f"      {key}: {{steps: [{step}]}}\n" for key, step in CORNERS.items())
    for key, step in CORNERS.items():
        text += f"    schemas/workflows/{key}.yaml:\n      module: deals\n      trigger: {{changed: stage}}\n"
        text += f"      run_as: causer\n      steps: [{step}]\n"
    return text


def told(flows: Flows) -> list[str]:
    """What was written, noted of runs and told since."""
    runtime, live = runtime_tables(), flows.site.live
    written = [live.tables.module(key).table for key in ("tasks", "files", "users")]
    kept = [runtime.notifications, runtime.runs, runtime.run_steps, runtime.outbox]
    with flows.site.database.read() as connection:
        return [repr(tuple(row)) for each in (*written, *kept) for row in connection.execute(select(each))]


def contents(flows: Flows, deal: int) -> list[str]:
    """What is in the files of a deal."""
    with flows.site.database.read() as connection:
        files = flows.site.live.attachments.on(connection, deal)
    admin = flows.app.sign_in()
    return [admin.get(f"/app/files/{each}/content").text for each in files]


def use(flows: Flows, actor: Actor, tool: str, deal: int) -> None:
    """Use a tool for a deal."""
    found = flows.site.live.catalog.tools["deals"][tool]
    with flows.site.database.write() as tx:
        cause = Cause(TOOL, f"test:{tool}:{deal}", actor.user_id, (), told_of(actor))
        start(tx, flows.site.live, flows.runs, found.procedure, [deal], cause)


def leaks(said: list[str]) -> list[str]:
    """What of it no seller may know."""
    return [each for each in said if HUSH in each or LEAK in each.replace("'leak'", "")]


def test_no_corner_tells_what_the_one_whose_rights_hold_may_not_see(crm: Crm) -> None:
    with mail_server() as box:
        flows = Flows(crm(pack(), settings={"TRELLIS_MAIL": box.address}))
        seller = the_seller(flows)
        unseen = flows.save("accounts", name="cnry account", note="cnry of account")
        mine = flows.save("accounts", name="Mine", note="cnry of mine", owner=seller.user_id)
        person = flows.save("contacts", name="cnry person", note="code")
        given: dict[str, Any] = {
            "account": unseen,
            "mine": mine,
            "contacts": [person],
            "owner": seller.user_id,
        }
        deal = flows.save("deals", name="Big", note="cnry note", secret=CANARY, code="code", **given)
        flows.work()
        for key in CORNERS:
            use(flows, seller, key, deal)
        flows.work()
        flows.save("deals", deal, actor=seller, stage="won")
        flows.work()
        send_all(flows.app)
        runs = flows.all()
        assert len(runs) == 2 * len(CORNERS)
        failed = [run.workflow.partition(".")[2] or run.workflow for run in runs if run.state == "failed"]
        assert failed == ["address", "address"], "nobody can be written to at a hidden address"
        mails = [f"{mail} {mail.get_content()}" for mail in box.mails]
        said = [*told(flows), *contents(flows, deal), *mails]
        assert not leaks(said), "\n".join(leaks(said))
        assert str(CANARY) not in "".join(said)
        assert len(flows.ids("contacts")) == 2, "who is not seen is not found by what they have"
        assert len(mails) == 2
