"""The document of the API describes to each what they may look at and use, and nothing else."""

from collections.abc import Callable

import pytest

from tests.access.office import PACK, VAULT, Office, opened
from tests.support.crm import App

TOOLS = (
    PACK.replace(
        "    lines.price: {read: false}\n", "    lines.price: {read: false}\n  tools: {deals.polish: true}\n"
    ).replace(
        "    deals.amount: {update: false}\n", "    deals.amount: {update: false}\n  tools: {deals.*: true}\n"
    )
    + VAULT
    + """    deal: {type: relation, module: deals, inverse: sealed}
schemas/tools/deals.yaml:
  polish: {label: Polish, steps: [{update: {set: {name: Polished}}}]}
  melt: {label: Melt, steps: [{update: {set: {name: Melted}}}]}
schemas/workflows/forge.yaml:
  label: Forge
  module: deals
  trigger: manual
  steps: [{update: {set: {name: Forged}}}]
"""
)


@pytest.fixture
def office(crm: Callable[..., App]) -> Office:
    return opened(crm, TOOLS)


def told(office: Office, name: str) -> set[str]:
    """The words of a hidden module and of tools that somebody's document has."""
    answer = office.admin if name == "admin" else office.program(name)
    text = answer("GET", "/openapi.json").text.lower()
    return {word for word in ("vault", "polish", "melt", "forge") if word in text}


def test_a_module_that_one_may_not_read_and_a_tool_that_one_may_not_use_are_not_described(
    office: Office,
) -> None:
    assert told(office, "sam") == {"polish"}
    assert told(office, "hal") == {"polish", "melt", "forge"}
    assert told(office, "nora") == set()
    assert told(office, "admin") == {"vault", "polish", "melt", "forge"}
    assert told(office, "sam") == {"polish"}
