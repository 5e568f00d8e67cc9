"""The kind ``workflows``: what happens by itself, with a schema for each trigger and step that there is."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from runtime import steps, triggers
from runtime.base.registry import Registry, discover
from runtime.fields.base import FieldType
from runtime.language.kinds.base import (
    EXPRESSION,
    FLAG,
    KEY,
    LABEL,
    LITERAL,
    Definition,
    Kind,
    Misfit,
    Schema,
    alone_or_listed,
    closed,
    described,
    one_of,
    ref,
)
from runtime.language.nodes import MapNode
from runtime.model.approval import THEN
from runtime.model.outbound import METHODS
from runtime.steps import base as what
from runtime.steps.base import Setting, StepKind
from runtime.triggers.base import TriggerKind

LATER_STEPS = frozenset(("comment", "sms", "merge"))
"""The steps that the language has, and this version has not."""
LATER_TRIGGERS = frozenset(("mail",))
"""The triggers that the language has, and this version has not."""

DURATION: Schema = {"type": "string", "minLength": 1, "maxLength": 60, "title": "a duration such as 2 days"}
RECORD: Schema = {"type": "string", "pattern": "^=", "title": "a record behind an =, such as =account"}
RECORDS: Schema = {
    **closed({"filter": described(KEY, "A filter, as module.filter.")}, ("filter",)),
    "type": ["string", "object"],
    "pattern": "^=",
    "title": "records behind an =, such as =contacts, or {filter: deals.open}",
}
VALUES: Schema = {"type": "object", "title": "fields with what they get"}
ROWS: Schema = {
    "type": "object",
    "additionalProperties": {"type": ["object", "array"]},
    "title": "rows by the name that the record has for them",
}
DATA: Schema = {"type": "object", "minProperties": 1, "title": "values by any names"}
_SCHEMAS: Mapping[str, Schema] = MappingProxyType(
    {
        what.RECORD: RECORD,
        what.RECORDS: RECORDS,
        what.MODULE: KEY,
        what.VALUES: VALUES,
        what.ROWS: ROWS,
        what.CONDITION: EXPRESSION,
        what.VALUE: LITERAL,
        what.DURATION: DURATION,
        what.NAME: KEY,
        what.FLAG: FLAG,
        what.WORKFLOW: KEY,
        what.TOOL: {"type": "string", "minLength": 3, "maxLength": 100, "title": "a tool, as module.tool"},
        what.INPUTS: VALUES,
        what.ROLE: KEY,
        what.THEN: one_of(*THEN),
        what.LINKS: KEY,
        what.SAID: VALUES,
        what.FIELDS: {"type": "array", "minItems": 1, "items": KEY, "title": "a list of fields"},
        what.LETTER: KEY,
        what.DOCUMENT: KEY,
        what.FILES: {
            "type": ["string", "array"],
            "items": {"type": "string", "pattern": "^="},
            "minItems": 1,
            "pattern": "^=",
            "title": "a file behind an =, such as =paper, or a list of them",
        },
        what.SECRET: KEY,
        what.METHOD: one_of(*METHODS),
        what.DATA: DATA,
        what.ANSWER: {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": KEY,
            "title": "places of the answer, each with a field: {response.number: code}",
        },
        what.PEOPLE: {
            "type": ["string", "array"],
            "items": {"type": "string", "pattern": "^="},
            "minItems": 1,
            "pattern": "^(=.*|admins)$",
            "title": "people behind an =, such as =owner, a list of them, or admins",
        },
        what.OWNER: {
            "type": "string",
            "pattern": "^=",
            "title": "a user or a group behind an =, such as =account.owner",
        },
        what.TAGS_IN: KEY,
        what.TAGS: {
            "type": ["string", "array"],
            "items": {"type": "string", "minLength": 1, "maxLength": 1000},
            "minLength": 1,
            "minItems": 1,
            "title": "a tag, or a list of them",
        },
        what.MOMENT: {
            "type": "string",
            "pattern": "^=",
            "title": "a moment behind an =, such as =close_date",
        },
    }
)


@cache
def known_steps() -> Registry[StepKind]:
    """The kinds of steps there are."""
    return Registry("step", discover(steps, StepKind))  # type: ignore[type-abstract]


@cache
def known_triggers() -> Registry[TriggerKind]:
    """The kinds of triggers there are."""
    return Registry("trigger", discover(triggers, TriggerKind))  # type: ignore[type-abstract]


class WorkflowsKind(Kind):
    """``schemas/workflows/<workflow>.yaml``. Modules, fields and values are followed where it is resolved."""

    name = "workflows"
    folder = "schemas/workflows"
    title = "A workflow: schemas/workflows/<workflow>.yaml"
    names_in_texts = MappingProxyType({"module": "module"})

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The workflow, and a form for each step."""
        registry = known_steps()
        forms = {f"step_{kind.name}": Definition(_form(kind)) for kind in registry.values()}
        behind = {
            f"step_{kind.name}_settings": Definition(_settings(kind, _behind(kind)))
            for kind in registry.values()
            if kind.name not in kind.settings
        }
        return MappingProxyType(
            {
                "workflows": Definition(_workflow()),
                "on_error": Definition(_on_error()),
                "retry": Definition(
                    closed(
                        {
                            "times": described(
                                {"type": "integer", "minimum": 0, "maximum": 50}, "How often; left out: 5."
                            ),
                            "backoff": described(
                                DURATION, "After how long at first, and twice as long each time."
                            ),
                        }
                    )
                ),
                "step": Definition(choose=_form_of, forms=tuple(forms)),
                **forms,
                **behind,
            }
        )


def _workflow() -> Schema:
    trigger: Schema = {
        "type": ["string", "object", "array"],
        "items": {"type": ["string", "object"]},
        "minItems": 1,
        "minProperties": 1,
        "title": "created, updated, saved, deleted, restored, or {changed: stage}",
    }
    return closed(
        {
            "label": described(LABEL, "What people call it."),
            "module": described(KEY, "Whose records it is about."),
            "trigger": described(trigger, "Why it runs; a list means any of them."),
            "when": described(
                EXPRESSION, "On which condition, which may look at old values and related records."
            ),
            "once": described(
                FLAG, "Whether it runs for a record the first time its condition holds, and never again."
            ),
            "delay": described(DURATION, "How long after the save it begins."),
            "until": described(
                {"type": "string", "pattern": "^=", "title": "a moment behind an ="},
                "When it begins: =close_date.",
            ),
            "recheck": described(FLAG, "Whether a run that was put off looks at its condition again."),
            "run_as": described(
                {
                    "type": "string",
                    "pattern": "^(=.*|system|causer)$",
                    "title": "system, causer, or a user behind an =, such as =owner",
                },
                "Whose rights hold for what its steps write, and who `user` is in them; left out: system.",
            ),
            "active": described(FLAG, "Whether it is switched on; left out: true."),
            "steps": described(_steps(), "What it does, in order."),
            "on_error": described(ref("on_error"), "What becomes of a step that fails."),
        },
        ("module", "trigger", "steps"),
    )


def _on_error() -> Schema:
    return closed(
        {
            "retry": described(ref("retry"), "That it is tried again."),
            "then": described(
                alone_or_listed(_steps()), "What is done when it has failed for good: a step, or several."
            ),
        }
    )


def _steps() -> Schema:
    return {"type": "array", "minItems": 1, "items": ref("step"), "title": "a list of steps"}


def _form_of(node: MapNode) -> str | Misfit:
    registry = known_steps()
    written = [key for key in node.items if key in registry]
    if len(written) == 1:
        return f"step_{written[0]}"
    if written:
        return Misfit(
            "S108", f"the step does two things: {written[0]} and {written[1]}", "make two of it", written[1]
        )
    for key in node.items:
        if key in LATER_STEPS:
            return Misfit("N131", f'the step "{key}" is not there yet', "take it out for now", key)
    first = next((key for key in node.items if key != "as"), None)
    if first is None:
        return Misfit("S104", "the step does not say what it does", f"steps are {', '.join(registry)}")
    near = registry.suggest(first)
    return Misfit(
        "S101",
        f'there is no step "{first}"',
        f'did you mean "{near}"?' if near else f"steps are {', '.join(registry)}",
        first,
    )


def _behind(kind: StepKind) -> dict[str, Setting]:
    return {key: setting for key, setting in kind.settings.items() if key not in kind.beside}


def _form(kind: StepKind) -> Schema:
    own = kind.settings.get(kind.name)
    properties: dict[str, Schema] = {}
    if own is None:
        properties[kind.name] = ref(f"step_{kind.name}_settings")
    else:
        properties[kind.name] = _schema(own)
    for key in kind.beside:
        properties[key] = _schema(kind.settings[key])
    if kind.gives:
        properties["as"] = described(KEY, "What later steps call the record that it gives.")
    required = [key for key in kind.beside if kind.settings[key].required]
    return closed(properties, (kind.name, *required))


def _settings(kind: StepKind, settings: Mapping[str, Setting]) -> Schema:
    required = tuple(key for key, setting in settings.items() if setting.required)
    schema = closed({key: _schema(setting) for key, setting in settings.items()}, required)
    return {**schema, "minProperties": 1} if kind.one_of else schema


def _schema(setting: Setting) -> Schema:
    if setting.what == what.STEPS:
        return described(_steps(), setting.about)
    return described(_SCHEMAS[setting.what], setting.about)


__all__ = ["LATER_TRIGGERS", "WorkflowsKind", "known_steps", "known_triggers"]
