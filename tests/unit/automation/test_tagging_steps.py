"""The steps `assign`, `tag` and `untag`: records get other owners, and tags come and go."""

from collections.abc import Callable

from tests.support.crm import App
from tests.support.flows import Flows

Crm = Callable[..., App]
PACK = """
    schemas/modules/accounts.yaml:
      fields:
        name: {type: text, required: true}
        city: {type: text}
        keeper: {type: user}
        topics: {type: tags}
    schemas/modules/deals.yaml:
      fields:
        name: {type: text, required: true}
        stage: {type: text}
        account: {type: relation, module: accounts, inverse: deals}
        topics: {type: tags}
        marks: {type: tags, max: 2}
    schemas/workflows/won.yaml:
      module: deals
      trigger: {changed: stage}
      when: stage == 'won'
      steps:
        - assign: {record: =account, to: =owner}
        - tag: {record: =account, tags: [vip, "=concat('from ', account.city)", =account.city]}
        - tag: {in: marks, tags: Won}
    schemas/workflows/lost.yaml:
      module: deals
      trigger: {changed: stage}
      when: stage == 'lost'
      steps:
        - assign: {to: =account.keeper}
        - untag: {record: =account, tags: [VIP, never there]}
        - untag: {in: marks, tags: won}
    schemas/workflows/told.yaml:
      module: accounts
      trigger: {changed: topics}
      steps: [{update: {set: {name: "=concat(name, '!')"}}}]
    schemas/tools/deals.yaml:
      take: {steps: [{assign: {to: =user}}, {tag: {in: marks, tags: taken}}]}
    schemas/access/roles.yaml:
      clerk: {profiles: [own]}
    schemas/access/profiles/own.yaml:
      modules: {deals: {read: true}, "*": {read: true, create: true, update: true}}
      tools: {"deals.*": true}
    schemas/access/sharing.yaml:
      default: {"*": write}
"""


def test_a_record_gets_an_owner_and_tags_beside_those_it_has_and_loses_those_that_are_named(
    crm: Crm,
) -> None:
    app = crm(PACK)
    flows = Flows(app)
    ada, bob = (app.user(f"{name}@example.com", admin=False) for name in ("ada", "bob"))
    account = flows.save("accounts", name="Acme", topics=["Fair", "VIP"], city="Oulu", keeper=bob)
    deal = flows.save("deals", name="Chairs", account=account, owner=ada, marks=["new"])
    flows.save("deals", id=deal, stage="won")
    flows.work()
    found = flows.get("accounts", account)
    assert (found["owner"], found["topics"]) == (ada, ("Fair", "from Oulu", "Oulu", "VIP"))
    assert found["name"] == "Acme!"
    assert flows.get("deals", deal)["marks"] == ("new", "Won")
    flows.save("deals", id=deal, stage="lost")
    flows.work()
    assert flows.get("accounts", account)["topics"] == ("Fair", "from Oulu", "Oulu")
    found = flows.get("deals", deal)
    assert (found["owner"], found["marks"]) == (bob, ("new",))
    assert set(flows.states()) == {"done"}


def test_nobody_and_nothing_change_nothing_and_one_tag_too_many_fails_with_its_reason(crm: Crm) -> None:
    app = crm(PACK)
    flows = Flows(app)
    ada = app.user("ada@example.com", admin=False)
    lonely = flows.save("deals", name="Lonely", owner=ada, marks=["a", "b"])
    flows.save("deals", id=lonely, stage="lost")
    flows.work()
    assert flows.states() == ["done"]
    assert flows.get("deals", lonely)["owner"] == ada
    flows.save("deals", id=lonely, stage="won")
    flows.work()
    (run,) = flows.all(workflow="won")
    assert run.state == "failed"
    assert "2 values at most" in str(run.error)
    assert flows.get("deals", lonely)["marks"] == ("a", "b")


def test_a_tool_that_gives_or_tags_a_record_is_for_those_who_may_change_it(crm: Crm) -> None:
    app = crm(PACK)
    flows = Flows(app)
    ada = app.user("ada@example.com", admin=False)
    deal = flows.save("deals", name="Chairs")
    assert app.program()("PATCH", f"/users/{ada}", json={"role": "clerk"}).status_code == 200
    refused = app.program("ada@example.com")("POST", f"/deals/{deal}/tools/take")
    assert refused.status_code == 404, refused.text
    assert flows.get("deals", deal)["marks"] == ()
    taken = app.program()("POST", f"/deals/{deal}/tools/take")
    assert taken.status_code == 200, taken.text
    flows.work()
    assert flows.get("deals", deal)["marks"] == ("taken",)
