"""What changes of the fields that people fill in."""

from collections.abc import Iterator

from runtime.change.people.phrases import field_named, modules_of, named, news, pairs, relabelled
from runtime.model.catalog import Catalog, Field

SILENT = frozenset(("modules", "among", "parts"))
"""Settings that are told otherwise, or that nobody sees."""


def tell_fields(before: Catalog, after: Catalog) -> Iterator[str]:
    """The fields that are new, gone, or of another kind."""
    for _, old, new in modules_of(before.modules, after.modules):
        for key, field in news(old.fields, new.fields):
            must = ", to be filled in" if field.required else ""
            yield f"{new.label} has a new field: {named(field.label, key)}, {_kind(field)}{must}."
        for _, field in news(new.fields, old.fields):
            yield f"{new.label} has {named(field.label, field.key)} no more; its values are kept."
        for _, was, field in pairs(old.fields, new.fields):
            if said := relabelled(was.label, field.label):
                yield f"{new.key}.{field.key} {said}."
            for said in _differences(was, field):
                yield f"{field_named(new, field)} {said}."


def _kind(field: Field) -> str:
    targets = f" to {', '.join(field.targets)}" if field.targets and field.type.startswith("relation") else ""
    return f"{field.type}{targets}"


def _differences(was: Field, field: Field) -> Iterator[str]:
    if _kind(was) != _kind(field):
        yield f"is {_kind(field)}, and was {_kind(was)}"
    if was.help != field.help:
        yield "has another help text" if field.help else "has no help text any more"
    if was.required != field.required:
        yield "must be filled in" if field.required else "need not be filled in any more"
    if was.unique != field.unique:
        yield "must be different in every record" if field.unique else "may be the same in several records"
    if was.readonly != field.readonly:
        yield "is only read" if field.readonly else "may be changed by people"
    if was.default != field.default:
        yield f"begins as {_value(field.default)}, and began as {_value(was.default)}"
    if was.type == field.type:
        yield from _settings(was, field)


def _settings(was: Field, field: Field) -> Iterator[str]:
    for key in dict.fromkeys((*field.settings, *was.settings)):
        old, new = was.settings.get(key), field.settings.get(key)
        if key not in SILENT and key != "link" and old != new and (_is_plain(old) and _is_plain(new)):
            yield f"has the {key} {_value(new)}, and had {_value(old)}"
    old_link, new_link = was.settings.get("link") or {}, field.settings.get("link") or {}
    for key in dict.fromkeys((*new_link, *old_link)):
        if (key in old_link) != (key in new_link):
            yield f"has the attribute {key} of each link" + ("" if key in new_link else " no more")


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | tuple) or hasattr(value, "as_tuple")


def _value(value: object) -> str:
    if value is None or value == ():
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
