"""Former names: a page that was drawn before something was renamed goes on working.

A form carries the revision that it was drawn with: the names in it, and the picklists' values, become those
of now before anybody reads it. An address that nobody knows any more is followed to what it was called since.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runtime.model.catalog import Field, Module
from runtime.model.renames import Renames
from runtime.sites.live import Live
from runtime.web.forms import ROW, Form


@dataclass(frozen=True, slots=True)
class Spoken:
    """A request by the names of now: the parts of its address that are others, and its form."""

    address: Mapping[str, str]
    form: Form


def drawn_with(form: Form) -> int | None:
    """The revision that a form was drawn with; None where it does not say so."""
    text = form.text("_revision")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def by_the_names_of_now(live: Live, address: Mapping[str, Any], form: Form) -> Spoken:
    """What was asked by names of before, by those of the snapshot."""
    workplace = live.writer.plans.workplace
    if not workplace.renames or "module" not in address:
        return Spoken({}, form)
    revision = drawn_with(form)
    renames = workplace.former.since(revision)
    if renames is None:
        return Spoken({}, form)
    found = address_of_now(live, renames, address, is_certain=revision is not None)
    module = live.catalog.modules.get(found.get("module", address["module"]))
    if module is None or revision is None:
        return Spoken(found, form)
    return Spoken(found, _FormerForm(live, renames).read(module, form))


def address_of_now(
    live: Live, renames: Renames, address: Mapping[str, Any], *, is_certain: bool
) -> dict[str, str]:
    """The parts that are called otherwise. An address alone may be of any time, and means what is there."""
    was, modules = str(address["module"]), live.catalog.modules
    found: dict[str, str] = {}
    now = was if was in modules and not is_certain else renames.module(was)
    if now != was and now in modules:
        found["module"] = now
    key, module = address.get("field"), modules.get(now)
    if module is None or not isinstance(key, str) or (not is_certain and module.field(key) is not None):
        return found
    before = was if now != was else renames.inverted().module(was)
    called = renames.field(before, key)[1]
    if called != key and module.field(called) is not None:
        found["field"] = called
    return found


class _FormerForm:
    """Reads forms of one revision."""

    def __init__(self, live: Live, renames: Renames) -> None:
        self._modules = live.catalog.modules
        self._renames = renames
        self._before = renames.inverted()

    def read(self, module: Module, form: Form) -> Form:
        """The form of a record, or of a row, of a module as it is called now."""
        values: dict[str, list[Any]] = {}
        for name, given in form.values.items():
            now, those = self._control(module, name, given)
            values[now] = those
        return Form(values)

    def _control(self, module: Module, name: str, given: list[Any]) -> tuple[str, list[Any]]:
        if name.startswith("_"):
            return name, given
        row = ROW.match(name)
        if row is not None:
            return self._in_a_row(module, name, given)
        key, mark, rest = name.partition(":")
        was = self._before.module(module.key)
        now = self._renames.field(was, key)[1]
        field = module.field(now)
        return (name, given) if field is None else (now + mark + rest, self._values(field, given))

    def _in_a_row(self, module: Module, name: str, given: list[Any]) -> tuple[str, list[Any]]:
        of, number, inner = name.split(".", 2)
        was = self._before.module(module.key)
        link = self._renames.field(was, of)[1]
        field, rows = module.field(link), module.collections.get(of)
        if field is None and rows is not None and rows.target in self._modules:
            now, those = self._control(self._modules[rows.target], inner, given)
            return f"{of}.{number}.{now}", those
        key, mark, rest = inner.partition(":")
        now = self._renames.attribute(was, of, key)
        attribute = (field.settings.get("link") or {}).get(now) if field is not None else None
        those = given if attribute is None else self._values(attribute, given)
        return f"{link}.{number}.{now}{mark}{rest}", those

    def _values(self, field: Field, given: list[Any]) -> list[Any]:
        picklist = field.settings.get("picklist")
        if isinstance(picklist, str):
            return [self._renames.value(picklist, each) if isinstance(each, str) else each for each in given]
        if "among" in field.settings:
            return [self._pointer(each) for each in given]
        return given

    def _pointer(self, given: Any) -> Any:
        # A record of any module, as "module:id".
        if not isinstance(given, str) or ":" not in given:
            return given
        module, _, number = given.partition(":")
        return f"{self._renames.module(module)}:{number}"
