"""Where a run is: which step is next, inside which branches, and for which of several records."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from runtime.model.workflow import Step, Workflow
from runtime.steps.base import Enter, Target

ON_ERROR = "on_error"
FIRST: tuple[Mapping[str, Any], ...] = ({"path": "", "at": 0},)
"""Where a run begins."""


class Walk:
    """The way through a workflow's steps. A frame is a list of steps by its place (``''`` is the workflow's
    own, ``2.then`` a branch), how far it is, and of a loop the records and which of them it is at; those are
    kept once, in the journal, under the number in ``from``.
    """

    def __init__(
        self,
        workflow: Workflow,
        place: Sequence[Mapping[str, Any]] | None,
        items: Callable[[int], Sequence[Sequence[Any]]],
    ) -> None:
        self._workflow = workflow
        self._items_of = items
        self._lists = dict(_lists(workflow))
        self.frames: list[dict[str, Any]] = [dict(each) for each in place or FIRST]
        self._items: dict[int, list[Target]] = {}
        self._is_over = False
        self.is_failing = any(frame["path"] == ON_ERROR for frame in self.frames)

    def step(self) -> Step | None:
        """The next step; None at the end, and at the end of what is done about a failure."""
        while self.frames and not self._is_over:
            frame = self.frames[-1]
            steps: tuple[Step, ...] = self._lists.get(frame["path"], ())
            if frame["at"] < len(steps):
                at: int = frame["at"]
                return steps[at]
            if "from" in frame and frame["item"] + 1 < len(self._of(frame)):
                frame["item"], frame["at"] = frame["item"] + 1, 0
                continue
            self.frames.pop()
            if frame["path"] == ON_ERROR:
                self._is_over = True
        return None

    def coming(self) -> Target | None:
        """The record of a loop that is next, where nothing has been done for it yet."""
        frame = self.frames[-1] if self.frames else {}
        is_first = "from" in frame and frame["at"] == 0 and "kept" not in frame
        return self._of(frame)[frame["item"]] if is_first else None

    def leave_out(self) -> None:
        """Nothing is done for the record of the loop that is next."""
        self.frames[-1]["at"] = len(self._lists[self.frames[-1]["path"]])

    def grouped_step(self) -> Step | None:
        """The next step where it belongs to a group whose steps are done together; else None."""
        step = self.step()
        return step if step is not None and "atomic" in step.place.split(".") else None

    def place(self, step: Step) -> str:
        """The step with the number of the record in each loop around it: ``2[4].steps.0``."""
        said = step.place
        for frame in reversed(self.frames):
            if "from" in frame:
                loop = frame["path"].rpartition(".")[0]
                number = frame.get("before", 0) + frame["item"]
                said = f"{loop}[{number}]{said[len(loop) :]}"
        return said

    def names(self) -> dict[str, Target]:
        """What the loops around the next step call their records."""
        return {frame["named"]: self._of(frame)[frame["item"]] for frame in self.frames if "from" in frame}

    def remembered(self) -> Mapping[str, Any]:
        """What the next step has kept since it was begun, where it is looked at again."""
        kept: Mapping[str, Any] = self.frames[-1].get("kept", {})
        return kept

    def remember(self, kept: Mapping[str, Any]) -> None:
        """Keep something of the next step until it is looked at again."""
        self.frames[-1]["kept"] = dict(kept)

    def go_on(self, step: Step, enter: Enter | None, note: int) -> None:
        """The step is done, or next again behind those inside it; ``note`` is its number in the journal."""
        if enter is not None and enter.more is not None:
            self.remember(enter.more)
        else:
            self.pass_over()
        if enter is None:
            return
        path = f"{step.place}.{enter.branch}"
        if enter.ends:
            self.frames.clear()
        if enter.items is None:
            self.frames.append({"path": path, "at": 0})
        elif enter.items:
            self._items[note] = list(enter.items)
            frame = {"path": path, "at": 0, "from": note, "item": 0, "named": enter.named}
            self.frames.append({**frame, "before": enter.before})

    def pass_over(self) -> None:
        """The step is left out."""
        self.frames[-1]["at"] += 1
        self.frames[-1].pop("kept", None)

    def fail(self) -> bool:
        """The step has failed for good; says whether something is to be done about it."""
        if self.is_failing or not self._workflow.on_error.steps:
            return False
        self.frames.append({"path": ON_ERROR, "at": 0})
        self.is_failing = True
        return True

    def _of(self, frame: Mapping[str, Any]) -> list[Target]:
        number = frame["from"]
        if number not in self._items:
            self._items[number] = [Target(module, record_id) for module, record_id in self._items_of(number)]
        return self._items[number]


def _lists(workflow: Workflow) -> Iterable[tuple[str, tuple[Step, ...]]]:
    yield "", workflow.steps
    yield ON_ERROR, workflow.on_error.steps
    for step in workflow.all_steps():
        for branch, steps in step.branches():
            yield f"{step.place}.{branch}", steps
