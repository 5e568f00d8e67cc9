"""What a plan says of people and records: so many users gain or lose the right to so many records."""

from pathlib import Path

from runtime.change.before import before_of
from runtime.change.people.telling import tell, with_reach
from runtime.model.renames import Renames
from tests.access.office import PACK, Office, office
from tests.support.crm import write_pack
from tests.support.packs import load_pack

__all__ = ["office"]

RULE = "    - {module: deals, to: {group: Front desk}, grant: read, where: \"stage.kind == 'won'\"}\n"


def told(office: Office, folder: Path, pack: str) -> list[str]:
    after = load_pack(write_pack(folder / "after", pack)).catalog
    assert after is not None
    site, shop = office.app.site, office.app.site.workshop
    catalog = site.live.catalog
    changes = tell(catalog, after)
    with site.database.read() as connection:
        before = before_of(connection, site.database.schema, catalog, shop.types, shop.language)
        counted = with_reach(changes, connection, before, after, Renames())
    return list(counted.get("Access", ())[len(changes.get("Access", ())) :])


def fill(office: Office) -> None:
    for number in range(5):
        office.deal(f"Open {number}", "ceo")
    for number in range(3):
        office.deal(f"Won {number}", "ceo", stage="won")


def test_a_new_rule_is_told_with_its_users_and_its_records(office: Office, tmp_path: Path) -> None:
    fill(office)
    rule = "    - {module: deals, to: {role: seller}, grant: read, where: \"stage.kind == 'won'\"}\n"
    assert told(office, tmp_path, PACK + rule) == [
        "2 users gain read on up to 3 records: Deals shared with the role seller."
    ]


def test_a_wider_default_is_told_with_everybody_who_may_read(office: Office, tmp_path: Path) -> None:
    fill(office)
    wider = PACK.replace("default: {deals: private,", "default: {deals: read,")
    assert told(office, tmp_path, wider) == ["5 users gain read on up to 8 records: Deals of others."]


def test_what_is_shared_no_more_with_a_group_is_told_with_its_members(office: Office, tmp_path: Path) -> None:
    fill(office)
    inner = office.admin("POST", "/groups", json={"name": "Desk", "members": [{"id": office.ids["sue"]}]})
    outer = office.admin("POST", "/groups", json={"name": "Front desk"}).json()["data"]["id"]
    parent = {"parent": outer}
    assert office.admin("PATCH", f"/groups/{inner.json()['data']['id']}", json=parent).status_code == 200
    assert told(office, tmp_path, PACK.replace(RULE, "")) == [
        "1 user loses read on up to 3 records: Deals shared with the group Front desk."
    ]


def test_where_nobody_or_nothing_is_concerned_nothing_is_counted(office: Office, tmp_path: Path) -> None:
    assert told(office, tmp_path, PACK.replace(RULE, "")) == []
    fill(office)
    assert told(office, tmp_path, PACK.replace(RULE, "")) == []
