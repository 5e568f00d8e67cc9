"""What a plan says of rights: what each role gains and loses, and what is shared from now on."""

from pathlib import Path

from runtime.change.people.telling import tell
from tests.support.packs import load_pack, write_pack

MODULES = """
fields:
  name: {type: text, required: true}
  amount: {type: money}
"""
BEFORE = {
    "pack.yaml": "title: Acme\nversion: 1.0.0\n",
    "schemas/modules/deals.yaml": MODULES,
    "schemas/access/roles.yaml": "seller: {profiles: [sales]}\n",
    "schemas/access/profiles/sales.yaml": "modules:\n  deals: {read: true, delete: true}\n",
    "schemas/access/sharing.yaml": "default: {deals: read}\n",
}


def told(folder: Path, **files: str) -> list[str]:
    now = {**BEFORE, **{f"schemas/access/{key}": text for key, text in files.items() if text}}
    before = load_pack(write_pack(folder / "before", BEFORE)).catalog
    after = load_pack(write_pack(folder / "after", now)).catalog
    assert before is not None
    assert after is not None
    return list(tell(before, after).get("Access", ()))


def test_what_a_role_gains_and_loses_is_told(tmp_path: Path) -> None:
    sales = "modules:\n  deals: {read: true, create: true}\nfields:\n  deals.amount: {read: false}\n"
    assert told(tmp_path, **{"profiles/sales.yaml": sales}) == [
        "The role Seller (seller) gains on Deals: create.",
        "The role Seller (seller) loses on Deals: delete.",
        "The role Seller (seller) may no longer read deals.amount.",
        "The role Seller (seller) may not change deals.amount.",
    ]


def test_what_one_profile_hides_another_one_does_not_let_be_changed(tmp_path: Path) -> None:
    sales = (
        "modules:\n  deals: {read: true, delete: true}\n"
        "fields:\n  deals.amount: {read: false, update: false}\n"
    )
    files = {
        "profiles/sales.yaml": sales,
        "profiles/writers.yaml": "modules:\n  deals: {update: true}\n",
        "roles.yaml": "seller: {profiles: [sales, writers]}\n",
    }
    assert told(tmp_path, **files) == [
        "The role Seller (seller) gains on Deals: update.",
        "The role Seller (seller) may no longer read deals.amount.",
        "The role Seller (seller) may not change deals.amount.",
    ]


def test_a_right_on_a_module_tells_of_the_fields_that_are_other_than_it(tmp_path: Path) -> None:
    sales = (
        "modules:\n  deals: {read: true, delete: true, update: true}\n"
        "fields:\n  deals.amount: {update: \"=name == 'x'\"}\n  deals.name: {update: true}\n"
    )
    assert told(tmp_path, **{"profiles/sales.yaml": sales}) == [
        "The role Seller (seller) gains on Deals: update.",
        "The role Seller (seller) may change where `name == 'x'` alone deals.amount.",
    ]


def test_what_is_shared_is_told(tmp_path: Path) -> None:
    rule = "{module: deals, to: {role: seller}, grant: read, where: \"name == 'x'\"}"
    sharing = f"default: {{deals: private}}\nrules:\n  - {rule}\n"
    assert told(tmp_path, **{"sharing.yaml": sharing}) == [
        "Deals of others: private for everybody, and was read: fewer records are seen.",
        "Shared from now on: deals with the role seller, to read where `name == 'x'`.",
    ]


def test_the_first_profile_is_told_to_mean_everybody(tmp_path: Path) -> None:
    without = {key: text for key, text in BEFORE.items() if "profiles/" not in key}
    without["schemas/access/roles.yaml"] = "seller: {}\n"
    before = load_pack(write_pack(tmp_path / "before", without)).catalog
    after = load_pack(write_pack(tmp_path / "after", BEFORE)).catalog
    assert before is not None
    assert after is not None
    assert tell(before, after)["Access"] == (
        "From now on profiles decide: whoever has no role, and is no administrator, may do nothing.",
    )
