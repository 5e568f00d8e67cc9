"""What changes of the values that people choose from."""

from collections.abc import Iterator

from runtime.change.people.phrases import listed, named, news, pairs, relabelled
from runtime.model.catalog import Catalog, Picklist


def tell_picklists(before: Catalog, after: Catalog) -> Iterator[str]:
    """The picklists and values that are new, gone, or called or meant otherwise."""
    for key, picklist in news(before.picklists, after.picklists):
        yield f"{key} is a new picklist of {listed(str(each.label) for each in picklist.values.values())}."
    for key, _ in news(after.picklists, before.picklists):
        yield f"The picklist {key} is gone."
    for _, old, new in pairs(before.picklists, after.picklists):
        yield from _values(old, new)


def _values(old: Picklist, new: Picklist) -> Iterator[str]:
    for key, value in news(old.values, new.values):
        yield f"{new.key} has a new value: {named(value.label, key)}."
    for key, value in news(new.values, old.values):
        yield f"{new.key} has the value {named(value.label, key)} no more."
    for key, was, value in pairs(old.values, new.values):
        what = f"The value {named(value.label, key)} of {new.key}"
        if said := relabelled(was.label, value.label):
            yield f"The value {key} of {new.key} {said}."
        for name in dict.fromkeys((*value.attributes, *was.attributes)):
            before, after = was.attributes.get(name), value.attributes.get(name)
            if before != after:
                yield f"{what} has the {name} {_said(after)}, and had {_said(before)}."
        if was.next != value.next:
            follows = "anything" if value.next is None else listed(value.next)
            yield f"{what} may be followed by {follows}."
        if was.roles != value.roles:
            who = "anybody" if value.roles is None else listed(value.roles)
            yield f"{what} may be chosen by {who}."
        if was.color != value.color:
            yield f"{what} has another colour."
    both = [key for key in old.values if key in new.values]
    if both != [key for key in new.values if key in old.values]:
        yield f"{new.key} has another order: {listed(new.values)}."


def _said(value: object) -> str:
    return "nothing" if value is None else str(value)
