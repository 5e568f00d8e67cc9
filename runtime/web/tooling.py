"""Tools on records: what a card, a form, a quick view, a list and REST offer comes from here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from runtime.automation.filling import Read, defaults_of
from runtime.automation.using import Using, use
from runtime.base.messages import Message, message
from runtime.language.kinds.workflows import known_steps
from runtime.model.catalog import Expression, Module
from runtime.model.label import Label
from runtime.model.tool import CARD, LIST, Tool
from runtime.model.workflow import Workflow
from runtime.sites.live import ConditionError
from runtime.storage.query import Query
from runtime.storage.runs import DONE, Runs, StoredRun
from runtime.storage.switches import switched_off
from runtime.web.record_rights import Asking

ICON = "bolt"


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that may be used: a tool, or a workflow that runs by hand (then there is no ``tool``)."""

    key: str
    label: Label
    icon: str
    procedure: Workflow
    show: Expression | None
    tool: Tool | None = None

    @property
    def asks(self) -> bool:
        """Whether something is asked first."""
        return self.tool is not None and self.tool.asks


@dataclass(frozen=True, slots=True)
class Led:
    """Where what was used leads: a form with values in it, a record, or a page to print."""

    kind: str
    module: str
    id: int


def offers(call: Asking, module: Module, place: str) -> list[Offer]:
    """What the actor may use at a place at all; of which records is another question."""
    if module.system or module.parent is not None:
        return []
    judge, actor = call.live.judge, call.actor
    may_not: set[str] = set()
    found = []
    for tool in call.live.catalog.tools.get(module.key, {}).values():
        needs = (judge.may(actor, needed, right).allowed for right, needed in sorted(tool.needs))
        own = (judge.may(actor, module.key, right).allowed for right in sorted(tool.needs_own))
        if place in tool.on and judge.tool(actor, module.key, tool.key) and all(needs) and all(own):
            found.append(Offer(tool.key, tool.label, tool.icon, tool.procedure, tool.show, tool))
    off = _switched_off(call) if any(_is_by_hand(each, module) for each in _workflows(call)) else may_not
    for workflow in _workflows(call):
        is_there = workflow.active and workflow.key not in off and place in (CARD, LIST)
        if is_there and _is_by_hand(workflow, module) and judge.tool(actor, module.key, workflow.key):
            found.append(Offer(workflow.key, workflow.label, ICON, workflow, _asked(call, module, workflow)))
    return found


def offered(call: Asking, module: Module, ids: Sequence[int], place: str) -> dict[int, list[Offer]]:
    """What each of some records has at a place: the ones that the actor sees, and may do it with."""
    found: dict[int, list[Offer]] = {each: [] for each in ids}
    for offer in offers(call, module, place) if ids else ():
        for each in fitting(call, module, ids, offer):
            found[each].append(offer)
    return found


def fitting(call: Asking, module: Module, ids: Sequence[int], offer: Offer) -> list[int]:
    """The records for which it is: one query."""
    judge = call.live.judge
    own = sorted(offer.tool.needs_own) if offer.tool is not None else []
    rights = [each for right in ("read", *own) for each in judge.conditions(call.actor, module.key, right)]
    query = Query(
        module.key,
        where=(offer.show,) if offer.show is not None else (),
        rights=tuple(rights),
        ids=tuple(ids),
        limit=len(ids),
    )
    with call.site.database.read() as connection:
        rows = {row.id for row in call.live.reader.page(connection, query, call.moment).rows}
    return [each for each in ids if each in rows]


def begins_with(call: Asking, offer: Offer, number: int | None) -> dict[str, Any]:
    """What the inputs begin with, of one record or of none; without what is made of what the actor may not
    read.
    """
    tool = offer.tool
    if tool is None or not offer.procedure.inputs:
        return {}
    with call.site.database.read() as connection:
        return defaults_of(connection, call.site.live, call.actor, tool, number)


def check_chosen(call: Asking, offer: Offer, read: Read) -> dict[str, Message]:
    """What is wrong with what was filled in: values that do not fit, and records that nobody may see."""
    errors = dict(read.errors)
    for key, field in offer.procedure.inputs.items():
        chosen = read.values.get(key)
        if field.targets and isinstance(chosen, int):
            with call.site.database.read() as connection:
                ref = call.live.refs.one(connection, field.targets, chosen, call.actor, call.moment)
            if ref is None:
                errors[key] = message("There is no such record, or you may not see it.")
    return errors


def use_offer(
    call: Asking,
    offer: Offer,
    ids: Sequence[int],
    key: str,
    read: Read | None = None,
    seconds: float | None = None,
) -> list[StoredRun]:
    """Use it for records: their runs, as far as they are after so many seconds."""
    inputs = read.values if read is not None else {}
    using = Using(offer.procedure, ids, call.actor, key, inputs)
    return use(call.site, call.site.live, known_steps(), using, seconds)


def used_before(call: Asking, ids: Sequence[int], key: str) -> list[StoredRun]:
    """The runs of an earlier request of the same key: the tool may not be for these records any more."""
    with call.site.database.read() as connection:
        return Runs(call.site.clock).of_keys(connection, [f"{key}:{each}" for each in ids])


def led_to(call: Asking, run: StoredRun) -> Led | None:
    """Where a run that is done leads the one who asked for it."""
    if run.state != DONE:
        return None
    with call.site.database.read() as connection:
        steps = Runs(call.site.clock).steps(connection, run.id)
    for step in reversed(steps):
        effects = step.effects or {}
        if "form" in effects:
            return Led("form", str(effects["form"]), run.id)
        for kind in ("opens", "prints"):
            if kind in effects:
                module, number = effects[kind]
                return Led(kind, str(module), int(number))
    return None


def _workflows(call: Asking) -> Sequence[Workflow]:
    return tuple(call.live.catalog.workflows.values())


def _is_by_hand(workflow: Workflow, module: Module) -> bool:
    return workflow.module == module.key and workflow.by_hand


def _switched_off(call: Asking) -> set[str]:
    with call.site.database.read() as connection:
        return set(switched_off(connection))


def _asked(call: Asking, module: Module, workflow: Workflow) -> Expression | None:
    """A workflow's condition as the database asks it, where it can: the run itself asks it again."""
    if workflow.when is None:
        return None
    try:
        return call.site.live.condition(module, workflow.when.text)
    except ConditionError:
        return None
