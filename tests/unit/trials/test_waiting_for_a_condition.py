"""Cases over weeks, in which something waits for a condition: no look more than there is something to see."""

import io
from pathlib import Path

import pytest

import runtime.cli
from runtime.assembly import House
from runtime.cli import main
from runtime.trials.stage import CaseWorker
from tests.support.crm import write_pack

PACK = """
schemas/modules/projects.yaml:
  fields:
    name: {type: text, required: true}
    done: {type: boolean, default: false}
schemas/modules/deals.yaml:
  fields:
    name: {type: text, required: true}
    project: {type: relation, module: projects}
    due: {type: date}
    is_due: {type: boolean, formula: due <= today()}
    went_on: {type: date}
    note: {type: text}
schemas/workflows/patient.yaml:
  module: deals
  trigger: created
  when: not is_empty(project)
  steps:
    - wait: {when: project.done, limit: 28 days}
    - update: {set: {note: "=if_(project.done, 'done', 'late')", went_on: =today()}}
schemas/workflows/by_the_clock.yaml:
  module: deals
  trigger: created
  when: not is_empty(due)
  steps:
    - wait: {when: is_due, limit: 60 days}
    - update: {set: {note: due, went_on: =today()}}
schemas/workflows/slow.yaml:
  module: projects
  trigger: {changed: name}
  steps:
    - wait: {for: 5 days}
    - update: {set: {done: true}}
tests/deals.yaml:
  what another record has come to is seen at once:
    given: {projects.house: {name: House}}
    when:
      - {create: deals.deal, set: {name: Roof, project: =house}}
      - {advance: 10 days}
      - {update: house, set: {done: true}}
    then: [deal.note == 'done']
  what another workflow does in the meantime is seen when it does it:
    given: {projects.house: {name: House}}
    at: "2026-03-02 10:00"
    when:
      - {create: deals.deal, set: {name: Roof, project: =house}}
      - {update: house, set: {name: Barn}}
      - {advance: 20 days}
    then: [deal.note == 'done', deal.went_on == date('2026-03-07')]
  the limit ends when it says:
    given: {projects.house: {name: House}}
    at: "2026-03-02 10:00"
    when:
      - {create: deals.deal, set: {name: Roof, project: =house}}
      - {advance: 50 days}
    then: [deal.note == 'late', deal.went_on == date('2026-03-30')]
  what reads the clock is looked at as the days pass:
    at: "2026-03-02 10:00"
    when:
      - {create: deals.deal, set: {name: Roof, due: "2026-03-20"}}
      - {advance: 40 days}
    then: [deal.note == 'due', deal.went_on == date('2026-03-20')]
"""


def test_weeks_of_waiting_for_a_condition_take_few_looks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str
):
    looks: list[object] = []
    drain = CaseWorker._drain

    def counted(worker: CaseWorker) -> int:
        looks.append(worker)
        return drain(worker)

    monkeypatch.setattr(CaseWorker, "_drain", counted)
    out = io.StringIO()
    monkeypatch.setattr(runtime.cli, "_house", lambda: House({}, out, out))
    pack = write_pack(tmp_path / "pack", PACK)
    code = main(["test", str(pack), "--database", database_url])
    assert (code, out.getvalue().splitlines()[0].split(" in ")[0]) == (0, "4 of 4 tests passed"), (
        out.getvalue()
    )
    assert len(looks) < 120, len(looks)
