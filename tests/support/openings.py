"""Opens a site of a text that this process has opened before with the catalog and the tables of then.

Both are values that never change, and to make them is most of what opening a database costs that is a copy of
a filled one. Whatever a test opens first is read and made as a process does it.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from runtime.sites import site

T = TypeVar("T")
MOST = 24
"""So many are kept of each; tests of one pack follow each other."""


class Kept:
    """What was made last, by all that it was made of."""

    def __init__(self) -> None:
        self._made: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under a key, made if need be."""
        if key not in self._made:
            self._made[key] = make()
            if len(self._made) > MOST:
                self._made.popitem(last=False)
        self._made.move_to_end(key)
        made: T = self._made[key]
        return made


def pytest_configure() -> None:
    """Put what keeps in the place of what makes, for sites and for nothing else."""
    parts: Any = site  # what it has taken from elsewhere
    load, build = parts.load_sources, parts.build_tables
    catalogs, tables = Kept(), Kept()

    def load_sources(layers: Any, **given: Any) -> Any:
        shelf = given.pop("shelf", None)
        registries = tuple(sorted((name, id(part)) for name, part in given.items()))
        texts = tuple((each.layer, tuple(sorted(each.files.items()))) for each in layers)
        # The registries are kept beside it, so that no others get their ids.
        return catalogs.get((texts, registries), lambda: (load(layers, **given, shelf=shelf), given))[0]

    def build_tables(catalog: Any, names: Any, types: Any, dialect: str) -> Any:
        key = catalog.hash, json.dumps(names.to_json(), sort_keys=True), id(types), dialect
        return tables.get(key, lambda: (build(catalog, names, types, dialect), types))[0]

    parts.load_sources, parts.build_tables = load_sources, build_tables
