"""What changes of the CRM as a whole: its packs, name, languages, currency, time zone and constants."""

from collections.abc import Iterator, Mapping

from runtime.change.people.phrases import listed, relabelled
from runtime.model.catalog import Catalog


def tell_whole(before: Catalog, after: Catalog) -> Iterator[str]:
    """What pack.yaml says of all modules at once."""
    if said := relabelled(before.title, after.title):
        yield f"The CRM {said}."
    yield from _layers(before, after)
    if before.languages != after.languages:
        yield f"The languages are {listed(after.languages)}, and were {listed(before.languages)}."
    if before.currency != after.currency:
        yield f"The currency is {after.currency}, and was {before.currency}."
    if before.timezone != after.timezone:
        yield f"The time zone is {after.timezone}, and was {before.timezone}."
    yield from _values("rate of", before.rates, after.rates)
    yield from _values("constant", before.constants, after.constants)
    for key in sorted({*before.settings, *after.settings}):
        if before.settings.get(key) != after.settings.get(key):
            yield f"The setting {key} of pack.yaml is another one."


def _layers(before: Catalog, after: Catalog) -> Iterator[str]:
    old = {layer.name: layer.version for layer in before.layers}
    new = {layer.name: layer.version for layer in after.layers}
    for name in dict.fromkeys((*new, *old)):
        if name not in old:
            yield f"The pack {name} {new[name]} is new."
        elif name not in new:
            yield f"The pack {name} is gone."
        elif old[name] != new[name]:
            yield f"The pack {name} is version {new[name]}, and was {old[name]}."


def _values(what: str, before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    for key in dict.fromkeys((*after, *before)):
        if key not in before:
            yield f"The {what} {key} is new: {after[key]}."
        elif key not in after:
            yield f"The {what} {key} is gone."
        elif before[key] != after[key]:
            yield f"The {what} {key} is {after[key]}, and was {before[key]}."
