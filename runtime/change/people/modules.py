"""What changes of the modules as wholes."""

from collections.abc import Iterator

from runtime.change.people.phrases import lists_differ, modules_of, named, news, paths, relabelled
from runtime.model.catalog import Catalog, Title


def tell_modules(before: Catalog, after: Catalog) -> Iterator[str]:
    """The modules that are new, gone, or called or numbered otherwise."""
    for key, module in news(before.modules, after.modules):
        yield f"{named(module.plural, key)} is a new module."
    for key, module in news(after.modules, before.modules):
        yield f"{named(module.plural, key)} is a module no more; its records are kept."
    for key, old, new in modules_of(before.modules, after.modules):
        name = named(new.plural, key)
        calls = (relabelled(old.label, new.label), relabelled(old.plural, new.plural))
        for said in dict.fromkeys(calls):
            if said:
                yield f"{key} {said}."
        if _title(old.title) != _title(new.title):
            yield f"{name}: a record is called {_title(new.title)}, and was called {_title(old.title)}."
        if old.numbering != new.numbering:
            was = old.numbering.format if old.numbering else "no pattern"
            now = new.numbering.format if new.numbering else "no pattern"
            yield f"{name}: new records are numbered by {now}, and were by {was}."
        yield from lists_differ(f"{name}: the search", paths(old.search), paths(new.search))
        if set(old.unique) != set(new.unique):
            yield f"{name}: other fields must be unique together."


def _title(title: Title) -> str:
    return "".join(f"{text}{{{path.text}}}" for text, path in title.parts) + title.tail
