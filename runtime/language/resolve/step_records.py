"""Resolves the settings of steps that give records: one, several, people, files, a list of links."""

from runtime.language.nodes import MapNode
from runtime.language.resolve.filter_names import filter_named
from runtime.language.resolve.links import list_of
from runtime.language.resolve.step_asked import Asked
from runtime.model.catalog import Collection, Expression
from runtime.model.types import RecordType, record_of
from runtime.model.workflow import Filtered, People, Several


def one(asked: Asked) -> Expression | None:
    """One record: what is left out is the steps' own."""
    scope = asked.scope
    if asked.written is None:
        if scope.module.key:
            asked.gives(scope.module.key)
        elif not asked.kind.one_of and not asked.setting.optional:
            asked.note(f"{asked.kind.name} needs a record, and here is none")
        return None
    found = scope.expression(asked.written, asked.at, record_of(*scope.draft.modules))
    if found is None:
        return None
    if not isinstance(found.type, RecordType) or len(found.type.modules) != 1:
        asked.note("it gives no record of one module")
        return None
    asked.gives(found.type.modules[0])
    return found


def those(asked: Asked) -> Several | Filtered | None:
    """The records that steps are done for: those of a collection, or those that a filter finds."""
    if isinstance(asked.node, MapNode):
        return _filtered(asked, asked.node)
    found = asked.scope.several(asked.node, asked.at)
    if found is not None:
        asked.gives(found.collection.target)
    return found


def _filtered(asked: Asked, node: MapNode) -> Filtered | None:
    scope = asked.scope
    if scope.is_grouped:
        asked.note("no filter in atomic: no transaction stays open for so long")
        return None
    whom = filter_named(scope.values, node.items["filter"], (*asked.at, "filter"), scope.nobody)
    if whom is None:
        return None
    asked.gives(whom.module)
    return Filtered(whom.module, whom.key, whom.where)


def owner(asked: Asked) -> Expression | None:
    """A user or a group."""
    return asked.scope.expression(asked.node, asked.at, record_of("users", "groups"))


def people(asked: Asked) -> People | None:
    """Users and groups behind an =, or those who administer the CRM."""
    return asked.scope.people(asked.node, asked.at)


def files(asked: Asked) -> People | None:
    """Files behind an =, one or a list."""
    return asked.scope.records(asked.node, asked.at, "files")


def linked(asked: Asked) -> Collection | None:
    """The list that a record is put into."""
    return list_of(asked.scope.values, asked.written, asked.at, asked.step, asked.modules)
