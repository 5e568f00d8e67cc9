"""The step `run_tool`: have a tool used for a record."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import INPUTS, RECORD, TOOL, Did, Doing, Setting, StepKind


class RunTool(StepKind):
    """Has a tool used for a record, as somebody would with its button: `run_tool: {tool: deals.make_order,
    inputs: {due: =today() + days(14)}}`. It is a run of its own, which begins when this step has landed;
    nobody waits for its end. The tool's `show` is asked by then, and inputs that are left out get their
    defaults. Its rights are those of the run that has the step: a workflow's are the system's.
    """

    name = "run_tool"
    title = message("Use a tool")
    icon = "bolt"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "record": Setting(RECORD, "For which record; left out: the workflow's own."),
            "tool": Setting(TOOL, "Which tool, as module.tool.", required=True, of="record"),
            "inputs": Setting(INPUTS, "What its inputs get.", of="tool"),
        }
    )

    def uses(self, stated: Mapping[str, Any]) -> str:
        """See the base class."""
        return f"tool:{stated['tool']}" if "tool" in stated else ""

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        record, (module, _, tool) = given["record"], given["tool"].partition(".")
        number = doing.run_tool(module, tool, record, given.get("inputs", {})) if record is not None else None
        if number is None:
            return Did({"what": "nothing", "tool": given["tool"]})
        return Did({"what": "begun", "tool": given["tool"], "run": number})
