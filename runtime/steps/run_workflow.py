"""The step `run_workflow`: have another workflow run."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import RECORD, WORKFLOW, Did, Doing, Setting, StepKind


class RunWorkflow(StepKind):
    """Has another workflow run, whatever its triggers are: `run_workflow: {workflow: welcome, record:
    =account}`. It is a run of its own, which begins when this step has landed; nobody waits for its end. Its
    condition is asked of the record by then, and `once` means what it says. It must be one of the record's
    module.
    """

    name = "run_workflow"
    title = message("Run a workflow")
    icon = "route"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "record": Setting(RECORD, "For which record; left out: the workflow's own."),
            "workflow": Setting(WORKFLOW, "Which workflow.", required=True, of="record"),
        }
    )

    def uses(self, stated: Mapping[str, Any]) -> str:
        """See the base class."""
        return str(stated.get("workflow", ""))

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        record = given["record"]
        number = doing.run_workflow(given["workflow"], record) if record is not None else None
        if number is None:
            return Did({"what": "nothing", "workflow": given["workflow"]})
        return Did({"what": "begun", "workflow": given["workflow"], "run": number})
