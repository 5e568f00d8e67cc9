"""The steps `link`, `unlink` and `hand_over`: records get into lists of others, and files to others."""

import io
from collections.abc import Callable

from runtime.identity.actor import SYSTEM
from runtime.records.attachments import hang
from tests.support.crm import App
from tests.support.flows import Flows

Crm = Callable[..., App]
PACK = """
    schemas/modules/people.yaml:
      fields:
        name: {type: text, required: true}
        keen: {type: boolean, default: false}
        list: {type: relation, module: lists}
        twin: {type: relation, module: people}
    schemas/modules/lists.yaml:
      fields:
        name: {type: text, required: true}
        members:
          type: relations
          module: people
          inverse: lists
          link: {by: {type: text}, since: {type: date}, note: {type: text}}
        watchers: {type: relations, module: people, inverse: watched}
        told: {type: text}
    schemas/workflows/join.yaml:
      module: people
      trigger: {changed: keen}
      steps:
        - if: keen
          then:
            - link:
                record: =list
                to: =this
                in: members
                set: {by: a workflow, since: =today(), note: "=concat('for ', name)"}
          else:
            - unlink: {to: =list, in: lists}
    schemas/workflows/told.yaml:
      module: lists
      trigger: [{linked: members}, {unlinked: members}]
      steps: [{update: {set: {told: "=text(count(members))"}}}]
    schemas/tools/people.yaml:
      give: {steps: [{hand_over: {to: =twin}}]}
    schemas/access/roles.yaml:
      clerk: {profiles: [own]}
    schemas/access/profiles/own.yaml:
      modules: {"*": {read: true, create: true, update: true}}
      tools: {"people.*": true}
    schemas/access/sharing.yaml:
      default: {people: read, "*": write}
"""


def test_a_workflow_keeps_a_list_in_step_and_what_listens_to_links_hears_of_it(crm: Crm) -> None:
    flows = Flows(crm(PACK))
    news = flows.save("lists", name="News")
    ada = flows.save("people", name="Ada", list=news)
    flows.save("people", ada, keen=True)
    flows.work()
    flows.save("lists", news, members=[{"id": ada, "note": "kept", "by": "hand"}])
    flows.work()
    assert flows.get("lists", news)["told"] == "1"
    assert flows.states() == ["done"] * 2
    flows.save("people", ada, keen=False)
    flows.work()
    flows.save("people", ada, keen=True)
    flows.work()
    program = flows.app.program()
    (link,) = program("GET", f"/lists/{news}?fields=members").json()["data"]["members"]
    assert (link["id"], link["by"], link["note"]) == (ada, "a workflow", "for Ada")
    flows.save("people", ada, keen=False)
    flows.work()
    assert flows.get("lists", news)["told"] == "0"
    assert set(flows.states()) == {"done"}


def test_nothing_is_linked_where_there_is_nothing_to_link(crm: Crm) -> None:
    flows = Flows(crm(PACK))
    ada = flows.save("people", name="Ada")
    flows.save("people", ada, keen=True)
    flows.work()
    (run,) = flows.all()
    assert run.state == "done"
    assert flows.steps(run)[-1].effects == {"what": "nothing"}


def file_of(flows: Flows, person: int, name: str) -> int:
    """A file that hangs on somebody."""
    live, site = flows.site.live, flows.site
    kept = live.attachments.keep(
        site.database, site.files, name, io.BytesIO(b"x"), SYSTEM, live.parsing(SYSTEM, "rest")
    )
    flows.save_all([hang("people", person, kept)])
    return kept


def files_of(flows: Flows, person: int) -> list[int]:
    with flows.site.database.read() as connection:
        return flows.site.live.attachments.on(connection, person)


def test_files_are_handed_over_by_those_who_may_change_both_records(crm: Crm) -> None:
    app = crm(PACK)
    flows = Flows(app)
    user = app.user("sam@example.com", admin=False)
    flows.save("users", user, role="clerk")
    program = app.program("sam@example.com")
    owner = {"module": "users", "id": user}
    twin, other = flows.save("people", name="Twin", owner=owner), flows.save("people", name="Other")
    ada = flows.save("people", name="Ada", twin=twin, owner=owner)
    eve = flows.save("people", name="Eve", twin=other, owner=owner)
    files = [file_of(flows, ada, each) for each in ("a.txt", "b.txt")]
    kept = file_of(flows, eve, "c.txt")
    assert program("POST", f"/people/{ada}/tools/give", json={}).status_code == 200
    assert (files_of(flows, ada), files_of(flows, twin)) == ([], files)
    refused = program("POST", f"/people/{eve}/tools/give", json={})
    assert refused.status_code == 422, refused.text
    assert (files_of(flows, eve), files_of(flows, other)) == ([kept], [])
