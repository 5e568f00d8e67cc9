"""Former names in the API: what a program wrote by the names of an earlier revision, by those of now.

A request that began before a rename and is written after it is read so, and one that says which revision's
names it speaks: ``Trellis-Revision: 41``. Answers have the names of now.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from runtime.model.catalog import Field, Module
from runtime.model.renames import Renames
from runtime.sites.live import Live
from runtime.web.former import address_of_now

HEADER = "trellis-revision"
LISTS = ("create", "update", "delete")
"""The lists of a batch, whose items are records."""


def revision_of(headers: Mapping[str, str]) -> int | None:
    """The revision whose names the program says that it speaks; None where it does not say so."""
    text = headers.get(HEADER, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def by_the_names_of_now(
    live: Live, address: Mapping[str, Any], body: bytes, revision: int
) -> tuple[Mapping[str, str], bytes]:
    """The parts of the address that are called otherwise now, and the body; a body that cannot be read stays
    as it is.
    """
    renames = live.writer.plans.workplace.former.since(revision)
    if renames is None or "module" not in address:
        return {}, body
    found = address_of_now(live, renames, address, is_certain=True)
    module = live.catalog.modules.get(found.get("module", address["module"]))
    try:
        written = orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return found, body
    if module is None or not isinstance(written, dict):
        return found, body
    reading = _Reading(live.catalog.modules, renames)
    if written and all(key in LISTS and isinstance(items, list) for key, items in written.items()):
        batch = {key: [reading.record(module, each) for each in items] for key, items in written.items()}
        return found, orjson.dumps(batch)
    return found, orjson.dumps(reading.record(module, written))


class _Reading:
    def __init__(self, modules: Mapping[str, Module], renames: Renames) -> None:
        self._modules = modules
        self._renames = renames
        self._before = renames.inverted()

    def record(self, module: Module, written: Any) -> Any:
        """A record, or a row, of a module as it is called now."""
        if not isinstance(written, dict):
            return written
        was = self._before.module(module.key)
        found: dict[str, Any] = {}
        for key, value in written.items():
            now = self._renames.field(was, key)[1]
            field, rows = module.field(now), module.collections.get(key)
            if field is not None:
                found[now] = self._value(was, key, field, value)
            elif rows is not None and isinstance(value, list) and rows.target in self._modules:
                found[key] = [self.record(self._modules[rows.target], each) for each in value]
            else:
                found[key] = value
        return found

    def _value(self, module: str, key: str, field: Field, value: Any) -> Any:
        picklist, attributes = field.settings.get("picklist"), field.settings.get("link")
        if isinstance(picklist, str):
            if isinstance(value, list):
                return [self._renames.value(picklist, each) for each in value if isinstance(each, str)]
            return self._renames.value(picklist, value) if isinstance(value, str) else value
        if isinstance(value, list) and attributes:
            return [self._link(module, key, attributes, each) for each in value]
        return value

    def _link(self, module: str, of: str, attributes: Mapping[str, Field], link: Any) -> Any:
        if not isinstance(link, dict):
            return link
        found: dict[str, Any] = {}
        for key, value in link.items():
            now = self._renames.attribute(module, of, key)
            found[now] = self._value(module, key, attributes[now], value) if now in attributes else value
        return found
