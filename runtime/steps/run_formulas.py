"""The step `run_formulas`: have a record's formulas run."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.model.workflow import CHANGED, Effect
from runtime.steps.base import RECORD, Did, Doing, Setting, StepKind, modules_of


class RunFormulas(StepKind):
    """Saves a record as it stands, so that the formulas of its module run on it: `run_formulas: {record:
    =account}`; `run_formulas: {}` means the record itself. What they leave as it was is not written, and
    sets nothing going.
    """

    name = "run_formulas"
    title = message("Run formulas")
    icon = "calculator"
    right = "update"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {"record": Setting(RECORD, "Which record: =this, or one that it leads to.")}
    )
    writes = True

    def effects(self, stated: Mapping[str, Any], own: str) -> Iterator[Effect]:
        """See the base class."""
        for module in modules_of(stated, own):
            yield Effect(module, CHANGED)

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        record = given["record"]
        if record is None:
            return Did({"what": "nothing"})
        return Did({"what": doing.run_formulas(record), "module": record.module, "id": record.id})
