"""The field type ``phone``: a telephone number."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from runtime.base.messages import message
from runtime.fields import likeness
from runtime.fields.base import Example, InvalidValueError, Parsing, Surroundings, refuse
from runtime.fields.formats import Formats
from runtime.fields.many import KINDS, MANY, ManyType
from runtime.fields.matching import PATTERN
from runtime.fields.written import clean, limited
from runtime.model.catalog import Field
from runtime.model.values import Entry

LONGEST = 40
_NATIONAL = re.compile(r"[0-9()+\-./ \u2010-\u2013]+(?:(?: ?,? ?(?:ext\.?|x|#) ?)[0-9]{1,7})?", re.IGNORECASE)
_EXTENSION = ";ext="


def is_region(code: str) -> bool:
    """Whether it is a country of ISO 3166 that has telephone numbers of its own."""
    return code in phonenumbers.SUPPORTED_REGIONS


class Phone(ManyType):
    """A telephone number. One that says its country is kept as ``+358401234567`` (E.164), shown with spaces.

    Any other is kept as it was typed, when it looks like one: without its country nobody can tell what it is,
    and guessing one would change the number. The setting ``region`` names the country where that is known.
    """

    name = "phone"
    title = "Phone"
    widget = "phone"
    computable = True
    settings_schema = MappingProxyType(
        {
            "region": {
                "type": "string",
                "pattern": "^[A-Z]{2}$",
                "description": "The country (ISO 3166, such as FI) of numbers that are written without one.",
            },
            "pattern": PATTERN,
            "many": MANY,
            "kinds": KINDS,
        }
    )
    kinds = ("mobile", "work", "home", "fax", "other")
    longest = LONGEST
    examples = (
        Example("+358 40 123 4567", "+358401234567"),
        Example("+1 (206) 555-9857 ext. 5467", "+12065559857;ext=5467"),
        Example("+12065559857;ext=5467", "+12065559857;ext=5467"),
        Example("(5) 555-4729", "(5) 555-4729"),
        Example("030-0074321", "030-0074321"),
        Example("(0)2-953010", "(0)2-953010"),
        Example("112", "112"),
        Example("040 123 4567", "+358401234567", {"region": "FI"}),
        Example("112", "112", {"region": "FI"}),
        Example("  ", None),
        Example(
            ["+358 40 123 4567", {"value": "112", "kind": "emergency"}],
            (Entry("+358401234567", "direct"), Entry("112", "emergency")),
            {"many": True, "kinds": ["direct", "emergency"]},
        ),
        Example(None, (), {"many": True}),
        Example("040 123 4567", "+358401234567", {"region": "FI", "pattern": "[+]358[0-9]+"}),
    )
    rejects = (
        "call me",
        "+999 12",
        "+1",
        "12",
        "()",
        "1-800-FLOWERS",
        "0" * 41,
        "\u0660\u0661\u0662\u0663",
        358401234567,
        ["112"],
    )

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings, with the pack's country for the region; one that is no country is refused."""
        if surroundings.country:
            settings = {"region": surroundings.country, **settings}
        region = settings.get("region")
        if region is not None and not is_region(region):
            raise InvalidValueError(
                message('The region "{region}" is not a country of ISO 3166.', region=region)
            )
        return super().complete(settings, surroundings)

    def likeness_of(self, value: str) -> str:
        """Its last digits."""
        return likeness.of_phone(value)

    def parse_one(self, raw: object, field: Field, parsing: Parsing) -> str | None:
        """The number; see the class."""
        text = clean(raw, field)
        if text is None:
            return None
        limited(text, field, LONGEST)
        international = text[0] == "+"
        written = text.replace(_EXTENSION, " ext. ") if international else text
        if not _NATIONAL.fullmatch(written) or not 3 <= sum(map(str.isdigit, written)) <= 22:
            raise refuse(field, "{label} must be a telephone number.")
        region = field.settings.get("region")
        if not international and region is None:
            return text
        try:
            number = phonenumbers.parse(written, region)
        except NumberParseException:
            number = None
        if number and (phonenumbers.is_possible_number if international else phonenumbers.is_valid_number)(
            number
        ):
            return _canonical(number)
        if international:
            raise refuse(field, "{label} is not a telephone number of the country that it names.")
        return text

    def text_of(self, value: str, field: Field, formats: Formats) -> str:
        """The number as it is written in its own country, or between countries where it is of another."""
        return formats.phone(value, field.settings.get("region"))


def dialled(value: str) -> str:
    """What a click calls: the address of a number, without the signs that people write between its digits."""
    number, _, extension = value.partition(_EXTENSION)
    digits = "".join(sign for sign in re.split(r"(?i)ext|x|#", number)[0] if sign.isdigit())
    plus = "+" if number[:1] == "+" else ""
    return f"tel:{plus}{digits}" + (f"{_EXTENSION}{extension}" if extension else "")


def _canonical(number: phonenumbers.PhoneNumber) -> str:
    digits = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return f"{digits}{_EXTENSION}{number.extension}" if number.extension else digits
