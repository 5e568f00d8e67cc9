"""Scenarios of change: a pack, its records, the pack that comes after it, and what becomes of them.

A scenario is one file of ``tests/config/plan``. Its first comment says in a sentence what it shows.

    before:                      # files by their paths; pack.yaml is there already
      schemas/modules/deals.yaml: |
        fields:
          name: {type: text}
      ../below/pack.yaml: ...    # a file of a pack that lies beside, for the pack to stand on
    data:                        # records, written through REST in this order; =name points at one before it
      deals.big: {name: Big}
    keeps:                       # lists that a user has saved, by module and name
      deals.mine: {where: "name == 'Big'"}
    between:                     # revisions in between, each with its files, and what people write then
      - files: {schemas/modules/deals.yaml: "fields: {name: {type: text}}"}
        writes: {deals.big: {name: Bigger}}
    after:                       # files that are new or different; null takes one away
      schemas/modules/deals.yaml: |
        fields:
          name: {type: text}
          size: {type: integer, required: true, default: 1}
    plan:                        # each step, in order: its safety and sentence; and what else is worth a look
      - safe: "Add the field size to deals: the column size."
      - safe: Give the records of deals that have no size its default, 1.
        rows: 1
        at: schemas/modules/deals.yaml:3
        sample: ["id {deals.big}: (empty) → 1"]
        only: sqlite             # on this database; the other one has no such step
    words:                       # what changes for people, with its topic; left out: not looked at
      - "Fields: Deals has a new field: Size (size), integer, to be filled in."
    expect:                      # what REST reads afterwards: of these records these values,
      deals.big: {name: Big, size: 1}
      deals: [{name: Big}]       # or all the records of a module, in the order of their ids,
      "deals?filter={deals.mine}": [{name: Big}]     # or those that an address finds
    edits: {deals.big: {size: 5}}    # what people write before the rollback
    back: []                     # the plan of the rollback, like the other one; left out: not looked at
    rollback:                    # what REST reads when it was rolled back to the first revision
      deals.big: {name: Big}

``refused:`` stands in the place of ``plan`` where the data does not allow it: the code and the line of each
refusal, ``- P104 schemas/modules/deals.yaml:4``; then ``expect`` is what stays. A relation reads as ``=name``
or, where the record has no name here, as its title. In ``sample`` and ``words`` the id of a record is written
``{deals.big}``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runtime.language.nodes import MapNode
from runtime.language.read import read
from runtime.language.source import Source
from tests.support.crm import PACK

KEYS = {"before", "data", "keeps", "between", "after", "plan", "refused", "words", "expect", "edits"}
KEYS |= {"back", "rollback"}
SAFETIES = {"safe", "slow", "lossy"}
STEP_KEYS = SAFETIES | {"rows", "at", "sample", "only"}
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision on the way: all its files, and what people write while it is the applied one."""

    files: Mapping[str, str]
    writes: Mapping[str, Values]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario, as its file has it."""

    name: str
    title: str
    before: Mapping[str, str]
    between: Sequence[Revision]
    after: Mapping[str, str]
    data: Mapping[str, Values]
    keeps: Mapping[str, Values]
    plan: Sequence[Mapping[str, Any]]
    refused: Sequence[str]
    words: Sequence[str] | None
    expect: Mapping[str, Any]
    edits: Mapping[str, Values]
    back: Sequence[Mapping[str, Any]] | None
    rollback: Mapping[str, Any] | None


def read_scenario(path: Path) -> Scenario:
    """The scenario of a file; a key that does not belong there is an error."""
    text = path.read_text(encoding="utf-8")
    node, found = read(Source(path.name, text))
    assert isinstance(node, MapNode), found
    assert not found, found
    said: Any = node.plain
    assert said.keys() <= KEYS, f"{path.name} has keys that no scenario has: {said.keys() - KEYS}"
    for step in (*said.get("plan", ()), *said.get("back", ())):
        assert step.keys() <= STEP_KEYS, f"{path.name} has keys that no step has: {step.keys() - STEP_KEYS}"
    assert text.startswith("# "), f"{path.name} does not begin with a sentence in a comment"
    before = {"pack.yaml": PACK, **said["before"]}
    between: list[Revision] = []
    for each in said.get("between", ()):
        standing = between[-1].files if between else before
        between.append(Revision(changed(standing, each["files"]), each.get("writes", {})))
    return Scenario(
        path.stem,
        text.partition("\n")[0].removeprefix("# "),
        before,
        between,
        changed(between[-1].files if between else before, said["after"]),
        said.get("data", {}),
        said.get("keeps", {}),
        said.get("plan", []),
        said.get("refused", []),
        said.get("words"),
        said.get("expect", {}),
        said.get("edits", {}),
        said.get("back"),
        said.get("rollback"),
    )


def changed(files: Mapping[str, str], by: Mapping[str, str | None]) -> Mapping[str, str]:
    """Files with some that are new or different, and without those that are taken away."""
    return {name: text for name, text in {**files, **by}.items() if text is not None}


def write_files(folder: Path, files: Mapping[str, str]) -> Path:
    """A pack's folder with exactly these files, and those of the packs beside it."""
    for old in [each for each in folder.parent.rglob("*") if each.is_file()]:
        old.unlink()
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@dataclass(slots=True)
class Cast:
    """The records of a scenario by their names."""

    ids: dict[str, int] = field(default_factory=dict)

    def sent(self, value: Any) -> Any:
        """A value with ids in the place of names, as REST takes it."""
        if isinstance(value, str) and value.startswith("="):
            return self.ids[value[1:]]
        if isinstance(value, list):
            return [self.sent(each) for each in value]
        if isinstance(value, dict):
            return {key: self.sent(each) for key, each in value.items()}
        return value

    def seen(self, value: Any) -> Any:
        """A value of an answer with names in the place of ids."""
        if isinstance(value, list):
            return [self.seen(each) for each in value]
        if isinstance(value, dict) and {"id", "title"} <= value.keys():
            known = {id_: name for name, id_ in self.ids.items()}
            return f"={known[value['id']]}" if value["id"] in known else value["title"]
        if isinstance(value, dict):
            return {key: self.seen(each) for key, each in value.items()}
        return value

    def told(self, text: str) -> str:
        """A line that is expected, with ids in the place of ``{module.name}``."""
        for name, id_ in self.ids.items():
            text = text.replace(f"{{{name}}}", str(id_))
        return text


def expectations(expect: Mapping[str, Any]) -> Iterator[tuple[str, str | None, Any]]:
    """Module, name and values of each record; without a name the list that a module, or an address, has."""
    for key, values in expect.items():
        module, _, name = key.partition(".") if "?" not in key else (key, "", "")
        yield module, name or None, values
