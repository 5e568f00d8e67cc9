"""The oracle: reads a pack's access files for itself, and says who may do what, without the runtime's code.

It knows as much of the expression language as the matrix's pack writes: comparisons of fields, `and or not`.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml


@dataclass(frozen=True)
class Person:
    """Somebody who asks; without an id nobody is signed in."""

    id: int | None
    role: str | None = None
    groups: frozenset[int] = frozenset()
    group_names: frozenset[str] = frozenset()
    email: str = ""
    admin: bool = False


@dataclass(frozen=True)
class Item:
    """A record: its module, its owner (a user or a group), its values, and for rows the record around."""

    id: int
    module: str
    owner: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    deleted: bool = False
    parent: "Item | None" = None


class Oracle:
    """One pack's rights."""

    def __init__(self, pack: Path, roles_of: dict[int, str | None]) -> None:
        """``roles_of`` has the role of every user by id: owners count by it."""
        access = pack / "schemas" / "access"
        self.roles = self._read(access / "roles.yaml")
        self.sharing = self._read(access / "sharing.yaml")
        self.profiles = {path.stem: self._read(path) for path in (access / "profiles").glob("*.yaml")}
        self.kinds: dict[str, dict[str, Any]] = {}
        for path in (pack / "schemas" / "picklists").glob("*.yaml"):
            values = self._read(path)["values"]
            self.kinds[path.stem] = {key: value.get("kind") for key, value in values.items()}
        self.roles_of = roles_of
        # By record, or by whose calendar it is: with whom, and how far.
        self.shares: dict[int, list[tuple[int, str]]] = {}

    @staticmethod
    def _read(path: Path) -> dict[str, Any]:
        return yaml.safe_load(path.read_text(encoding="utf-8")) or {} if path.exists() else {}

    def held(self, who: Person) -> list[dict[str, Any]]:
        """The profiles of somebody."""
        role = self.roles.get(who.role or "") or {}
        return [self.profiles[key] for key in role.get("profiles", ())]

    def granted(self, who: Person, module: str, right: str) -> bool:
        """Whether the right on the module as a whole is there."""
        if who.admin or who.id is None:
            return who.admin
        return any(self._on(profile, module).get(right) is True for profile in self.held(who))

    def _on(self, profile: dict[str, Any], module: str) -> dict[str, Any]:
        modules = profile.get("modules", {})
        return modules.get(module, modules.get("*", {})) or {}

    def above(self, role: str | None) -> list[str]:
        """A role and those above it."""
        found: list[str] = []
        while role is not None and role in self.roles:
            found.append(role)
            role = (self.roles[role] or {}).get("under")
        return found

    def owns(self, who: Person, item: Item) -> bool:
        """Whether it is their own, their group's, or of somebody in a role below theirs."""
        if item.owner is None:
            return False
        if item.owner == who.id or item.owner in who.groups:
            return True
        role = self.roles_of.get(item.owner)
        return who.role is not None and role != who.role and who.role in self.above(role)

    def reaches(self, who: Person, item: Item, level: str) -> bool:
        """Whether sharing lets somebody at a record, for ``read`` (if only its times) or for ``write``."""
        if self.whole(who, item, level):
            return True
        times = level == "read" and item.parent is None and self._calendar(item) is not None
        return times and self._shared(who, item.owner, "busy")

    def whole(self, who: Person, item: Item, level: str) -> bool:
        """Whether sharing lets somebody at all of a record, and not to its times alone."""
        item = item.parent or item
        defaults, calendar = self.sharing.get("default", {}), self._calendar(item)
        least = defaults.get(item.module, defaults.get("*", "private")) if self.sharing else "write"
        public = not (calendar and "private" in calendar and self.holds(calendar["private"], item))
        if who.admin or (public and least in ("write", level)):
            return True
        if level == "read" and self.granted(who, item.module, "see_all"):
            return True
        if self.owns(who, item) or self._shared(who, item.id, level):
            return True
        if public and calendar is not None and self._shared(who, item.owner, level):
            return True
        return public and any(
            rule["module"] == item.module
            and (level == "read" or rule["grant"] == "write")
            and self._named(rule["to"], who)
            and ("where" not in rule or self.holds(rule["where"], item))
            for rule in self.sharing.get("rules", ())
        )

    def _calendar(self, item: Item) -> Any:
        return self.sharing.get("calendars", {}).get(item.module)

    def _shared(self, who: Person, number: int | None, level: str) -> bool:
        levels = ("busy", "read", "write")[("busy", "read", "write").index(level) :]
        given = self.shares.get(number or 0, ())
        return any(granted in levels and (to == who.id or to in who.groups) for to, granted in given)

    def _named(self, to: dict[str, str], who: Person) -> bool:
        kind, name = next(iter(to.items()))
        if kind == "role":
            return who.role == name
        if kind == "role_and_below":
            return name in self.above(who.role)
        return name in who.group_names if kind == "group" else name == who.email

    def may(self, who: Person, right: str, item: Item) -> bool:
        """Whether somebody may read, update or delete a record."""
        whole = item.parent or item
        if item.deleted and not who.admin:
            bin_ = self.granted(who, whole.module, "delete") or self.granted(who, whole.module, "see_deleted")
            if right not in ("read", "delete") or not bin_:
                return False
        if not self.granted(who, whole.module, right) or not self.granted(who, whole.module, "read"):
            return False
        return self.reaches(who, item, "read") and (right == "read" or self.reaches(who, item, "write"))

    def sees(self, who: Person, item: Item, name: str) -> bool:
        """Whether somebody may read one field of a record."""
        times = [*(self._calendar(item) or {}).get("times", ()), "owner"]
        whole = name in times or self.whole(who, item, "read")
        return whole and self.may(who, "read", item) and self._field(who, item, name, "read")

    def changes(self, who: Person, item: Item, name: str) -> bool:
        """Whether somebody may change one field of a record that stands: nobody does who may not read it."""
        seen = self.may(who, "update", item) and self.sees(who, item, name)
        return seen and self._field(who, item, name, "update")

    def _field(self, who: Person, item: Item, name: str, right: str) -> bool:
        if who.admin:
            return True
        whole = item.parent or item
        for profile in self.held(who):
            on = self._on(profile, whole.module)
            needed = ("read",) if right == "read" else ("create", "update")
            if not any(on.get(each) is True for each in needed):
                continue
            fields = profile.get("fields", {})
            said = fields.get(f"{item.module}.{name}", fields.get(f"{item.module}.*")) or {}
            asked = ("read",) if right == "read" else ("read", "update")
            if all(self._true(said.get(each, True), item) for each in asked):
                return True
        return False

    def _true(self, right: Any, item: Item) -> bool:
        return right if isinstance(right, bool) else self.holds(right.removeprefix("="), item)

    def holds(self, condition: str, item: Item) -> bool:
        """Whether a condition of the pack holds of a record."""
        names: dict[str, Any] = {"none": None, "true": True, "false": False}
        names["is_empty"] = lambda value: value is None
        for key, value in item.values.items():
            names[key] = Choice(value, self.kinds[key][value]) if key in self.kinds and value else value
        for key in self.kinds:
            names.setdefault(key, Choice(None, None))
        names = defaultdict(lambda: None, names)  # what a record does not say is empty
        return bool(eval(condition, {"__builtins__": {}}, names))  # the test's own pack, and nobody else's


class Choice(SimpleNamespace):
    """A picklist's value: it equals its key, and has its kind."""

    def __init__(self, key: str | None, kind: str | None) -> None:
        super().__init__(key=key, kind=kind)

    def __eq__(self, other: object) -> bool:
        return bool(self.key == (other.key if isinstance(other, Choice) else other))

    __hash__ = None
