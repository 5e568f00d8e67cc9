"""An office whose pack has what stands beside records: approvals, tools, reminders, notes, duplicates."""

from collections.abc import Callable

import pytest

from tests.access.office import PACK, Office, opened
from tests.support.crm import App

BESIDE = (
    PACK.replace(
        "  note: {type: text, max: 100}\n",
        "  note: {type: text, max: 100}\n"
        "    told: {type: text, max: 200, formula: \"concat('told ', note)\"}\n"
        "    remarks: {type: long_text}\n"
        "    thoughts: {type: long_text}\n"
        "    due: {type: date}\n"
        "    until: {type: date}\n"
        "    ending: {type: date}\n"
        "    shout: {type: text, max: 100}\n"
        "    docs: {type: files}\n"
        "    papers: {type: files}\n"
        '    net: {type: money, formula: "default(cost, 0) + 1"}\n'
        "    noted: {type: text, max: 200, formula: \"concat(note, '!')\", virtual: true}\n"
        "    twice: {type: text, max: 200, formula: \"concat(noted, '?')\"}\n",
    )
    .replace(
        "    deals.cost: {read: false}\n",
        "    deals.cost: {read: false}\n"
        "    deals.remarks: {read: false}\n"
        "    deals.thoughts: {read: \"=stage.kind == 'won'\"}\n"
        "    deals.until: {read: false}\n"
        "    deals.papers: {read: false}\n"
        "    badges.code: {read: false}\n"
        "    leads.owner: {read: false}\n"
        "    leads.code: {update: \"=name != 'settled'\"}\n"
        "    deals.created_by: {read: false}\n"
        "    leads.name: {read: \"=code != 'masked'\"}\n",
        1,
    )
    .replace(
        "schemas/access/profiles/support.yaml:",
        "  tools: {deals.ask: true}\nschemas/access/profiles/support.yaml:\n"
        "  tools: {deals.change: true, deals.book: true}",
    )
    .replace(
        "    accounts: {read: true, create: true, update: true}\n",
        "    accounts: {read: true, create: true, update: true}\n"
        "    leads: {read: true, create: true, update: true}\n"
        "    badges: {read: true}\n"
        "    visits: {read: true, create: true}\n"
        "    clubs: {create: true, update: true, delete: true}\n",
        1,
    )
    .replace(
        "default: {deals: private, accounts: write}",
        "owners: {deals: by_rights}\n  default: {deals: private, accounts: write, leads: read, badges: read, "
        "visits: read, clubs: write}",
    )
    .replace(
        "deals: {read: true, create: true, update: true, delete: true,",
        "deals: {read: true, create: true, update: true, delete: true, assign: true,",
    )
    + """
schemas/modules/leads.yaml:
  label: Lead
  plural: Leads
  title: name
  duplicates: {match: [code]}
  fields:
    name: {type: text, required: true, max: 100}
    code: {type: text, max: 100}
    deal: {type: relation, module: deals}
    lead: {type: relation, module: leads}
    club: {type: relation, module: clubs}
    badge: {type: relation, module: badges}
schemas/layouts/leads.yaml:
  card:
    tabs:
      overview:
        main: {fields: [name, code, deal]}
        log: {component: change_log}
schemas/modules/badges.yaml:
  label: Badge
  plural: Badges
  title: code
  fields:
    code: {type: text, max: 100}
schemas/modules/clubs.yaml:
  label: Club
  plural: Clubs
  title: name
  fields:
    name: {type: text, max: 100}
schemas/modules/visits.yaml:
  label: Visit
  plural: Visits
  title: name
  search: [name, lead.name, deal.name]
  fields:
    name: {type: text, max: 100}
    lead: {type: relation, module: leads}
    deal: {type: relation, module: deals}
formulas/deals.yaml:
  shout: {field: shout, value: upper(name)}
schemas/filters/deals.yaml:
  all: {columns: [name]}
  plain: {remind: due, columns: [name]}
  dear: {where: cost > 100, remind: ending, columns: [name]}
  ending: {remind: until, columns: [name]}
schemas/tools/deals.yaml:
  ask:
    label: Ask about it
    inputs:
      open: {type: text, default: =name}
      of_all: {type: text, default: "=concat('c', cost)"}
      of_some: {type: text, default: =note}
      whose: {type: text, default: =account.name}
    steps: [{update: {set: {name: =inputs.open}}}]
  tidy:
    label: Tidy it up
    steps: [{update: {set: {name: tidy}}}]
  change: {label: Change it, steps: [{update: {set: {shout: =name}}}]}
  book: {label: Book it, steps: [{create: {module: accounts, set: {name: =name}}}]}
schemas/workflows/by_hand.yaml:
  label: Run it by hand
  module: deals
  trigger: manual
  steps: [{update: {set: {shout: =name}}}]
schemas/approvals/big.yaml:
  label: A big deal
  module: deals
  when: amount > 1000
  lock: [amount, cost]
  chain: [{approver: {role: helper}}]
"""
)


@pytest.fixture
def beside(crm: Callable[..., App]) -> Office:
    return opened(crm, BESIDE)
