"""What a plan says of workflows, tools, jobs and approvals: which come, go, or do something else."""

from pathlib import Path

from runtime.change.people.telling import tell
from tests.support.packs import load_pack, write_pack

BEFORE = {
    "pack.yaml": "title: Acme\nversion: 1.0.0\n",
    "schemas/modules/deals.yaml": (
        "fields:\n  name: {type: text, required: true}\n  amount: {type: integer}\n  done: {type: boolean}\n"
    ),
}
AFTER = {
    **BEFORE,
    "schemas/workflows/big.yaml": "module: deals\ntrigger: saved\nsteps: [{stop: done}]\n",
    "schemas/tools/deals.yaml": "close: {label: Close it, steps: [{update: {set: {done: true}}}]}\n",
    "schemas/jobs/sweep.yaml": 'schedule: "0 7 * * 1"\nsteps: [{stop: done}]\n',
    "schemas/approvals/large.yaml": (
        "module: deals\nwhen: amount > 5\nlock: [amount]\nchain: [{approver: =owner}]\n"
        "approved: [{update: {set: {done: true}}}]\n"
    ),
}
NEW = (
    "There is a new workflow: Big (big), about Deals.",
    "There is a new tool: Close it (deals.close), about Deals.",
    "There is a new job: Sweep (sweep).",
    "There is a new approval: Large (large), about Deals.",
)


def told(folder: Path, old: dict[str, str], new: dict[str, str]) -> tuple[str, ...]:
    before = load_pack(write_pack(folder / "before", old)).catalog
    after = load_pack(write_pack(folder / "after", new)).catalog
    assert before is not None
    assert after is not None
    return tuple(tell(before, after).get("Workflows, tools, jobs and approvals", ()))


def test_what_a_pack_adds_and_takes_away_is_named(tmp_path: Path) -> None:
    assert told(tmp_path / "there", BEFORE, AFTER) == NEW
    gone = told(tmp_path / "back", AFTER, BEFORE)
    assert gone == (
        "There is the workflow Big (big) no more.",
        "There is the tool Close it (deals.close) no more.",
        "There is the job Sweep (sweep) no more.",
        "There is the approval Large (large) no more.",
    )


def test_what_does_something_else_is_named_and_nothing_else_is(tmp_path: Path) -> None:
    changed = {
        **AFTER,
        "schemas/workflows/big.yaml": (
            "module: deals\ntrigger: created\nsteps: [{stop: done}]\nactive: false\n"
        ),
        "schemas/tools/deals.yaml": (
            "close: {label: Close it, show: not done, steps: [{update: {set: {done: true}}}]}\n"
        ),
        "schemas/jobs/sweep.yaml": 'schedule: "0 8 * * 1"\nsteps: [{stop: done}]\n',
        "schemas/approvals/large.yaml": AFTER["schemas/approvals/large.yaml"].replace("[amount]", "[name]"),
    }
    sentences = told(tmp_path / "other", AFTER, changed)
    assert "The workflow Big (big) is switched off." in sentences
    assert "The tool Close it (deals.close) is shown: `not done`, and was: always." in sentences
    assert "The job Sweep (sweep) runs at 0 8 * * 1, and ran at 0 7 * * 1." in sentences
    assert "The approval Large (large) keeps name as it is while it waits." in sentences
    assert told(tmp_path / "same", AFTER, {**AFTER, "schemas/filters/deals.yaml": "all: {}\n"}) == ()
