"""The command `trellis backtest`: what a consultant is told of a workflow before it is switched on."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.cli.base import CommandError
from runtime.identity.actor import SYSTEM
from tests.support.crm import App
from tests.support.flows import Flows, with_workflow
from tests.unit.records.terminal import Terminal

FLOW = """
module: accounts
trigger: [created, manual]
when: type == 'big'
active: false
steps: [{email: {template: big, to: =note}}]
"""
LETTER = """
    templates/mail/big.yaml:
      module: accounts
      subject: Big
      text: Big
"""


@pytest.fixture
def flows(crm: Callable[..., App]) -> Flows:
    """A CRM with an account that is big, and a workflow that is not switched on."""
    flows = Flows(crm(with_workflow(FLOW) + LETTER))
    flows.save("accounts", name="Acme", type="big", note="ann@example.com")
    flows.save("accounts", name="Small", type="small")
    return flows


@pytest.fixture
def terminal(flows: Flows, tmp_path: Path, database_url: str) -> Terminal:
    """A terminal beside it."""
    return Terminal(tmp_path, database_url)


def test_it_says_how_often_and_whom_and_what_it_cannot_know(flows: Flows, terminal: Terminal) -> None:
    code, said = terminal.run("backtest", "flow")
    assert code == 0
    assert "In the last 90 days it would have run once. It would have written one letter." in said
    assert "  created  Acme (" in said
    assert "writes to ann@example.com" in said
    assert (
        "- Only saves and dates are told again. Not counted is what sets it going otherwise: manual." in said
    )


def test_it_says_it_as_json_and_leaves_what_waits_alone(flows: Flows, terminal: Terminal) -> None:
    with flows.site.database.write() as tx:
        operation = flows.site.background.start(tx, "clean_files", {}, SYSTEM)
    code, said = terminal.run("backtest", "flow", "--days", "7", "--format", "json")
    told = json.loads(said)
    assert (code, told["days"], told["fired"], told["records"], told["letters"]) == (0, 7, 1, 1, 1)
    assert [(each["title"], each["letters"]) for each in told["examples"]] == [("Acme", ["ann@example.com"])]
    with flows.site.database.read() as connection:
        found = flows.site.background.operations.find(connection, operation)
    assert found is not None
    assert found.is_open


def test_an_unknown_workflow_is_refused_with_the_one_that_was_meant(terminal: Terminal) -> None:
    with pytest.raises(CommandError, match='did you mean "flow"'):
        terminal.run("backtest", "flo")
