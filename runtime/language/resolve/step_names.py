"""Resolves the settings of steps that name something of the pack: a module, a workflow, a tool, a role."""

from collections.abc import Iterable
from typing import Any

from runtime.language.earlier.following import Use
from runtime.language.nodes import ListNode, Scalar
from runtime.language.resolve.step_asked import Asked
from runtime.language.resolve.step_scope import each_of
from runtime.model.approval import ESCALATE
from runtime.model.catalog import Field, Module
from runtime.model.types import DATE, NUMBERS, TEXT
from runtime.model.uses import Thing

FOUND_BY = (TEXT, DATE, *NUMBERS)
"""The types of values by which records are found."""


def module(asked: Asked) -> str | None:
    """A module."""
    found = asked.scope.values.module(asked.node, asked.at)
    if found is None:
        return None
    asked.gives(found.key)
    return found.key


def workflow(asked: Asked) -> str | None:
    """Another workflow, of the module that the record is of."""
    draft, key = asked.scope.draft, str(asked.node.plain)
    trees = draft.trees.get("workflows", {})
    if key not in trees:
        if not draft.is_written("workflows", key):
            asked.note(f'there is no workflow "{key}"; there are {", ".join(trees)}')
        return None
    written = trees[key].text("module") or ""
    if asked.about not in (written, draft.earlier.modules.get(written, written)):
        asked.note(f"{key} is a workflow of {written}, and the record is one of {asked.about}")
        return None
    return key


def role(asked: Asked) -> str | None:
    """A role."""
    return asked.scope.role(asked.node, asked.at)


def tool(asked: Asked) -> str | None:
    """A tool of the module that the record is of, as module.tool."""
    draft, node = asked.scope.draft, asked.node
    written, dot, key = str(node.plain).partition(".")
    now = draft.earlier.modules.get(written, written)
    known = draft.tool_inputs.get(now, {})
    if not dot:
        asked.note("a tool is written as module.tool")
    elif now != asked.about:
        asked.note(f"it is a tool of {now}, and the record is one of {asked.about}")
    elif key not in known:
        if not draft.is_broken("tools", now, key):
            asked.note(f'{now} has no tool "{key}"; it has {_listed(known)}')
    else:
        if now != written and isinstance(node, Scalar):
            draft.uses.append(Use(node, 0, len(written), written, now, asked.at))
        found = f"{now}.{key}"
        asked.gives(found)
        return found
    return None


def letter(asked: Asked) -> str | None:
    """A letter about records of the module that the record is of."""
    return _template(asked, "letter", "letters", "templates/mail", asked.scope.draft.letters)


def document(asked: Asked) -> str | None:
    """A document about records of the module that the record is of."""
    return _template(asked, "document", "documents", "templates/documents", asked.scope.draft.documents)


def _template(asked: Asked, what: str, section: str, folder: str, there: Any) -> str | None:
    key = str(asked.node.plain)
    found = there.get(key)
    if found is None:
        if not asked.scope.draft.is_written(section, key):
            asked.note(f'there is no {what} "{key}" in {folder}; there are {_listed(there)}')
        return None
    if found.module != asked.about:
        asked.note(f"{key} is about a record of {found.module}, and the record is one of {asked.about}")
        return None
    return key


def fields(asked: Asked) -> tuple[str, ...]:
    """Fields of a module, by which records are found."""
    known = asked.scope.draft.modules.get(asked.target or "")
    if known is None or not isinstance(asked.node, ListNode):
        return ()
    return tuple(field.key for field in _found_by(asked, known))


def _found_by(asked: Asked, known: Module) -> Iterable[Field]:
    for child, place in each_of(asked.node, asked.at):
        field = asked.scope.values.field(known, str(child.plain), child, place)
        if field is not None and (field.targets or field.value_type not in FOUND_BY):
            asked.note(f"no record is found by {field.key}: take a text or a number", child, place)
        elif field is not None:
            asked.scope.draft.mention(place, child, Thing("field", f"{known.key}.{field.key}"), "reads")
            yield field


def tags_in(asked: Asked) -> str | None:
    """The field of tags that is meant: the one that is named, or the only one of the module."""
    known = asked.scope.draft.modules.get(asked.target or "")
    if known is None:
        return None
    fitting = [each.key for each in known.fields.values() if each.type == "tags" and each.computed is None]
    if asked.written is None:
        if len(fitting) == 1:
            return fitting[0]
        asked.note(f"{known.key} has not one field of tags; it has {_listed(fitting)}")
        return None
    field = asked.scope.values.field(known, str(asked.node.plain), asked.node, asked.at)
    if field is None:
        return None
    if field.key not in fitting:
        asked.note(f"{field.key} holds no tags; those that do are {_listed(fitting)}")
        return None
    asked.scope.draft.mention(asked.at, asked.node, Thing("field", f"{known.key}.{field.key}"), "writes")
    return field.key


def name(asked: Asked) -> str:
    """What steps inside this one call a record."""
    called = str(asked.node.plain)
    if asked.target is not None:
        asked.scope.name(called, asked.target, asked.node, asked.at)
    return called


def then(asked: Asked) -> str:
    """What follows when a time is over."""
    if asked.node.plain == ESCALATE and asked.scope.within != "chain":
        asked.note("only a link of a chain that is not its last one escalates")
    return str(asked.node.plain)


def _listed(known: Iterable[str]) -> str:
    return ", ".join(known) or "none"
