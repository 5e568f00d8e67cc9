"""Steps that rename: nothing that is stored changes, only what it is called; and values that become another
one.
"""

from collections.abc import Iterator

from runtime.base.diagnostic import Span
from runtime.change.situation import Situation
from runtime.change.step import Step, nothing


def rename(situation: Situation) -> Iterator[Step]:
    """What is called otherwise from now on."""
    renames, catalog = situation.renames, situation.catalog
    for old, now in renames.modules.items():
        what = f"Rename the module {old} to {now}: its records stay as they are."
        yield Step(what, nothing, catalog.modules[now].origin.span)
    for (module, old), now in renames.fields.items():
        of = renames.module(module)
        what = f"Rename the field {of}.{old} to {now}: its values stay as they are."
        yield Step(what, nothing, catalog.modules[of].fields[now].origin.span)
    for (module, field, old), now in renames.attributes.items():
        of, key = renames.field(module, field)
        attribute = catalog.modules[of].fields[key].settings["link"][now]
        what = f"Rename the attribute {old} of the links {of}.{key} to {now}: its values stay as they are."
        yield Step(what, nothing, attribute.origin.span)
    for (picklist, old), now in renames.values.items():
        what = f"Rename the value {old} of the picklist {picklist} to {now}: the records stay as they are."
        yield Step(what, nothing, _place(situation, picklist, now))


def _place(situation: Situation, picklist: str, value: str) -> Span:
    return situation.catalog.picklists[picklist].values[value].origin.span
