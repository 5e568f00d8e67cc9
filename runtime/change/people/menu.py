"""What changes of the menu."""

from collections.abc import Iterator

from runtime.change.people.phrases import lists_differ, relabelled
from runtime.model.catalog import Catalog, MenuGroup


def tell_menu(before: Catalog, after: Catalog) -> Iterator[str]:
    """The groups and entries that are new, gone, or elsewhere."""
    old, new = ({group.key: group for group in each.menu} for each in (before, after))
    for key in dict.fromkeys((*new, *old)):
        if key not in old:
            yield f"The menu has a new group, {new[key].label}: {', '.join(_items(new[key]).values())}."
        elif key not in new:
            yield f"The menu has the group {old[key].label} no more."
        else:
            what = f"The group {new[key].label} of the menu"
            if said := relabelled(old[key].label, new[key].label):
                yield f"{what} {said}."
            labels = _items(new[key])  # an entry that is only called otherwise is told with what it opens
            was = [labels.get(place, label) for place, label in _items(old[key]).items()]
            yield from lists_differ(what, was, list(labels.values()))
    both = [key for key in old if key in new]
    if both != [key for key in new if key in old]:
        yield "The groups of the menu have another order."


def _items(group: MenuGroup) -> dict[tuple[str, str | None], str]:
    return {(item.module, item.filter): str(item.label) for item in group.items}
