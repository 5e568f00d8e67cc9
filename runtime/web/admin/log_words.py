"""Words for the security log: its entries keep names that stay, and people read what those are called now."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runtime.base.messages import phrase
from runtime.identity.log_reading import Entry
from runtime.model.catalog import Module
from runtime.web.admin.security import LISTS, NUMBERS
from runtime.web.door import Call
from runtime.web.sharing_words import OF_RECORD

PLACE = re.compile(r"([a-z][a-z0-9_]*)/([0-9]{1,18})")
"""A record, as entries name it."""

ABOUT: Mapping[str, str] = {
    "sign_in": phrase("Sign-in and security"),
    "app": phrase("Authenticator app"),
    "mail": phrase("Codes by mail"),
    "none": phrase("None"),
    "mail held": phrase("The mail is held"),
    "mail let go": phrase("The mail goes out"),
}
"""What an entry is about, where that is neither a record nor what somebody has named."""
KEYS: Mapping[str, str] = {
    "did": phrase("What was done"),
    "fields": phrase("Fields"),
    "of": phrase("Of"),
    "to": phrase("To"),
    "level": phrase("Right"),
    "records": phrase("Records"),
    "revision": phrase("Revision"),
    "why": phrase("Why"),
    "by_mail": phrase("By mail"),
    "codes": phrase("New recovery codes"),
    "locked": phrase("Locked"),
    "revoked": phrase("Revoked"),
    "count": phrase("How many"),
    "until": phrase("Until"),
    "filter": phrase("Filter"),
    "format": phrase("Format"),
    "columns": phrase("Columns"),
    "second_factor": phrase("Second step"),
    "reset_by_mail": phrase("A forgotten password is set anew by a mailed link"),
    **{key: label for key, (label, _least, _most) in NUMBERS.items()},
    **LISTS,
}
"""What the parts of an entry are called."""
VALUES: Mapping[str, Mapping[str, str]] = {
    "did": {
        "created": phrase("Created"),
        "updated": phrase("Changed"),
        "deleted": phrase("Deleted"),
        "restored": phrase("Restored"),
    },
    "records": {"kept": phrase("They stay theirs"), "handed over": phrase("Handed over")},
    "level": OF_RECORD,
}


class Words:
    """The words of one page of the log: records by their titles, a statement a module."""

    def __init__(self, call: Call, connection: Any, entries: Iterable[Entry]) -> None:
        self._call = call
        named: dict[str, set[int]] = {}
        for text in (text for entry in entries for text in _texts(entry)):
            module, number = _place(text)
            if module in call.live.catalog.modules:
                named.setdefault(module, set()).add(number)
        self._titles = {
            module: call.live.reader.titles(connection, module, sorted(ids), call.moment)
            for module, ids in named.items()
        }

    def about(self, entry: Entry) -> str:
        """What an entry is about."""
        said, module = self.named(entry.about), self._module(entry.about)
        if said != entry.about:
            return said
        if entry.kind == "exported" and module is not None:
            return module.plural.in_language(self._call.actor.language)
        return self._call.translate(ABOUT[entry.about]) if entry.about in ABOUT else entry.about

    def link(self, text: str) -> str | None:
        """Where a record is shown that an entry names."""
        module, number = _place(text)
        return f"/app/{text}" if number in self._titles.get(module, ()) else None

    def data(self, entry: Entry) -> list[str]:
        """The parts of an entry, each said."""
        about = entry.about.partition("/")[0]
        return [
            f"{self._key(about, key)}: {self._value(about, key, value)}" for key, value in entry.data.items()
        ]

    def named(self, text: str) -> str:
        """A record by its title, with what it is; everything else as it stands."""
        key, number = _place(text)
        title, module = self._titles.get(key, {}).get(number), self._module(key)
        if not title or module is None:
            return text
        return f"{module.label.in_language(self._call.actor.language)}: {title}"

    def _module(self, key: str) -> Module | None:
        return self._call.live.catalog.modules.get(key)

    def _key(self, about: str, key: str) -> str:
        return self._call.translate(KEYS[key]) if key in KEYS else self._field(about, key)

    def _field(self, about: str, key: str) -> str:
        module = self._module(about)
        field = module.field(key) if module is not None else None
        return field.label.in_language(self._call.actor.language) if field is not None else key

    def _value(self, about: str, key: str, value: Any) -> str:
        say = self._call.translate
        if key == "fields" and isinstance(value, list):
            return ", ".join(self._field(about, str(each)) for each in value)
        if isinstance(value, list):
            between = " → " if len(value) == 2 and key not in ("columns", "where") else ", "
            return between.join(self._value(about, key, each) for each in value)
        if isinstance(value, bool):
            return say("Yes") if value else say("No")
        if value is None:
            return "\N{EN DASH}"
        known = VALUES.get(key, {})
        return say(known[value]) if value in known else self.named(str(value))[:200]


def _texts(entry: Entry) -> Iterator[str]:
    yield entry.about
    yield from (value for value in entry.data.values() if isinstance(value, str))


def _place(text: str) -> tuple[str, int]:
    found = PLACE.fullmatch(text)
    return (found[1], int(found[2])) if found is not None else ("", 0)
