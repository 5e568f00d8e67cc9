"""What changes of the menu."""

from collections.abc import Iterator

from runtime.change.people.phrases import lists_differ, relabelled
from runtime.model.catalog import Catalog, MenuGroup


def tell_menu(before: Catalog, after: Catalog) -> Iterator[str]:
    """The groups and entries that are new, gone, or elsewhere."""
    old, new = ({group.key: group for group in each.menu} for each in (before, after))
    for key in dict.fromkeys((*new, *old)):
        if key not in old:
            yield f"The menu has a new group, {new[key].label}: {', '.join(_items(new[key]))}."
        elif key not in new:
            yield f"The menu has the group {old[key].label} no more."
        else:
            what = f"The group {new[key].label} of the menu"
            if said := relabelled(old[key].label, new[key].label):
                yield f"{what} {said}."
            yield from lists_differ(what, _items(old[key]), _items(new[key]))
    both = [key for key in old if key in new]
    if both != [key for key in new if key in old]:
        yield "The groups of the menu have another order."


def _items(group: MenuGroup) -> list[str]:
    return [str(item.label) for item in group.items]
