"""What a user's tool reads: never more than that user may see, wherever it would write it."""

from collections.abc import Callable
from typing import Any

from runtime.automation.starting import TOOL, Cause, start, told_of
from runtime.identity.actor import Actor
from runtime.identity.users import Users
from tests.support.crm import App
from tests.support.flows import PACK, Flows

Crm = Callable[..., App]


RIGHTS = (
    PACK
    + """
    schemas/access/roles.yaml:
      seller: {profiles: [sales]}
    schemas/access/profiles/sales.yaml:
      modules: {deals: {read: true, update: true}, tasks: {read: true, create: true}, accounts: {read: true}}
      fields: {deals.note: {read: false}, accounts.note: {read: false}}
      tools: {"deals.*": true}
    schemas/access/sharing.yaml:
      default: {accounts: private, "*": write}
    schemas/tools/deals.yaml:
      tell:
        steps:
          - create:
              module: tasks
              set:
                subject: "=concat('own ', note, ', account ', account.name, ' ', account.note)"
                account: =account
          - create:
              module: tasks
              set:
                subject: "=concat('deals ', text(count(account.deals)), ', contacts ', text(count(contacts)))"
          - for_each:
              in: =contacts
              as: person
              steps: [{create: {module: tasks, set: {subject: =person.name}}}]
      as_system:
        run_as: system
        steps:
          - create:
              module: tasks
              set:
                subject: "=concat('own ', note, ', account ', account.name, ' ', account.note)"
                account: =account
"""
)


def use(flows: Flows, actor: Actor, tool: str, deal: int) -> None:
    """Use a tool for a deal."""
    found = flows.site.live.catalog.tools["deals"][tool]
    with flows.site.database.write() as tx:
        cause = Cause(TOOL, f"test:{tool}:{deal}", actor.user_id, (), told_of(actor))
        start(tx, flows.site.live, flows.runs, found.procedure, [deal], cause)
    flows.work()


def told(flows: Flows) -> list[dict[str, Any]]:
    """The tasks that were made."""
    return [dict(flows.get("tasks", each)) for each in flows.ids("tasks")]


def the_seller(flows: Flows) -> Actor:
    """Somebody who reads deals, no notes, and no accounts but their own."""
    user = flows.save("users", name="Sam", email="sam@example.com", role="seller")
    with flows.site.database.read() as connection:
        found = Users(flows.site.live.tables).active(connection, user)
    assert found is not None
    return found.actor("form", "en", "UTC")


def test_a_users_tool_writes_nothing_that_they_may_not_see(crm: Crm) -> None:
    flows = Flows(crm(RIGHTS))
    seller = the_seller(flows)
    account = flows.save("accounts", name="Hush", note="hush")
    person = flows.save("contacts", name="Unseen person")
    deal = flows.save("deals", name="Big", note="hush", account=account, contacts=[person])
    use(flows, seller, "tell", deal)
    assert flows.states() == ["done"], flows.all()[0].error
    tasks = told(flows)
    assert [task["subject"] for task in tasks] == ["own , account", "deals 0, contacts 0"]
    assert [task["account"] for task in tasks] == [None, None]


def test_what_they_may_see_they_read(crm: Crm) -> None:
    flows = Flows(crm(RIGHTS))
    seller = the_seller(flows)
    account = flows.save("accounts", name="Mine", note="hush", owner=seller.user_id)
    deal = flows.save("deals", name="Big", note="hush", account=account)
    use(flows, seller, "tell", deal)
    first, second = told(flows)
    assert (first["subject"], first["account"]) == ("own , account Mine", account)
    assert second["subject"] == "deals 1, contacts 0"


def test_a_tool_that_runs_as_the_system_reads_everything(crm: Crm) -> None:
    flows = Flows(crm(RIGHTS))
    seller = the_seller(flows)
    account = flows.save("accounts", name="Hush", note="a")
    use(flows, seller, "as_system", flows.save("deals", name="Big", note="b", account=account))
    assert [task["subject"] for task in told(flows)] == ["own b, account Hush a"]
