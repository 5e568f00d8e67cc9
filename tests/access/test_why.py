"""Why somebody may see a record: the command tells every way that leads there, with its line."""

from collections.abc import Callable, Iterator

from runtime.cli import _why_access
from tests.access.office import FILING, Office, office, opened
from tests.support.crm import App

__all__ = ["office"]


def told(office: Office, name: str, record: int) -> Iterator[str]:
    return _why_access.lines(office.app.site, f"{name}@example.com", "deals", record)


def test_each_right_is_told_with_what_speaks_for_it(office: Office) -> None:
    deal = office.deal("big", "sam", stage="won")
    lines = list(told(office, "sam", deal))
    assert lines[0] == f"Sam (role seller) and deals/{deal} big"
    assert lines[1:4] == [
        "read: yes",
        "  The profile Sales grants it.   schemas/access/profiles/sales.yaml:2",
        "  They own it.",
    ]
    assert "deals.cost: hidden, not to be changed   schemas/access/profiles/sales.yaml:6" in lines
    assert "deals.amount: seen, not to be changed   schemas/access/profiles/sales.yaml:5" in lines


def test_a_boss_comes_to_it_by_the_tree_and_a_helper_by_a_rule(office: Office) -> None:
    deal = office.deal("big", "sam", stage="won")
    assert "  Its owner has a role below theirs.   schemas/access/roles.yaml:2" in list(
        told(office, "bea", deal)
    )
    lines = list(told(office, "hal", deal))
    assert "  A rule shares it with the role helper.   schemas/access/sharing.yaml:3" in lines
    assert "update: no" in lines
    assert "  No profile of the role helper grants it.   schemas/access/roles.yaml:4" in lines


def test_what_nothing_shares_and_one_without_a_role_is_told(office: Office) -> None:
    deal = office.deal("big", "sue")
    assert "  Nothing shares this record with them." in list(told(office, "sam", deal))
    assert "  You have no role yet: an administrator gives you one." in list(told(office, "nora", deal))


def test_what_one_may_not_read_is_told_as_not_to_be_changed_whatever_another_profile_grants(
    crm: Callable[..., App],
) -> None:
    office = opened(crm, FILING)
    deal = office.deal("big", "sam", stage="won")
    lines = list(told(office, "hal", deal))
    assert "update: yes" in lines
    assert "deals.cost: hidden, not to be changed   schemas/access/profiles/support.yaml:4" in lines
    account = office.admin("POST", "/accounts", json={"name": "Acme"}).json()["data"]["id"]
    lines = list(_why_access.lines(office.app.site, "hal@example.com", "accounts", account))
    assert lines.count("  Nobody changes or deletes a record that they may not read.") == 2
    assert not [each for each in lines if each.endswith(": yes")]
