"""The field type ``email``: an e-mail address."""

import re
from types import MappingProxyType

from runtime.fields.base import Example, Parsing, refuse
from runtime.fields.formats import Formats
from runtime.fields.many import KINDS, MANY, ManyType
from runtime.fields.matching import PATTERN
from runtime.fields.written import clean, limited
from runtime.model.catalog import Field
from runtime.model.values import Entry

LONGEST = 254
_COMMON = re.compile(
    r"[A-Za-z0-9_%+-]{1,32}(?:\.[A-Za-z0-9_%+-]{1,10}){0,2}@(?:[A-Za-z0-9]{1,30}\.){1,3}[A-Za-z]{2,10}"
)
"""Addresses that need no further look: letters and digits, as nearly all are."""


class Email(ManyType):
    """An e-mail address, its domain in small letters. That it can be reached is not asked."""

    name = "email"
    title = "E-mail"
    widget = "email"
    computable = True
    settings_schema = MappingProxyType({"pattern": PATTERN, "many": MANY, "kinds": KINDS})
    kinds = ("work", "home", "other")
    longest = LONGEST
    examples = (
        Example("ada@example.com", "ada@example.com"),
        Example(" Ada.Lovelace+crm@Example.COM ", "Ada.Lovelace+crm@example.com"),
        Example("o'brien@sub.example.co.uk", "o'brien@sub.example.co.uk"),
        Example("kalle@xn--hmeenlinna-q5a.fi", "kalle@hämeenlinna.fi"),
        Example("info@crm.local", "info@crm.local"),
        Example("", None),
        Example(
            [{"value": "ada@Work.example"}, {"value": "ada@home.example", "kind": "home", "primary": True}],
            (Entry("ada@home.example", "home"), Entry("ada@work.example", "work")),
            {"many": True},
        ),
        Example("ada@example.com", (Entry("ada@example.com", "work"),), {"many": True}),
        Example([], (), {"many": True}),
        Example("Ada@Acme.example", "Ada@acme.example", {"pattern": ".+@acme\\.example"}),
    )
    rejects = (
        "ada",
        "ada@",
        "@example.com",
        "ada@example",
        "ada lovelace@example.com",
        "Ada <ada@example.com>",
        "a@example.com, b@example.com",
        "ada..l@example.com",
        "ada@-example.com",
        "ada@exa\x00mple.com",
        "a" * 65 + "@example.com",
        7,
    )

    def parse_one(self, raw: object, field: Field, parsing: Parsing) -> str | None:
        """The address."""
        text = clean(raw, field)
        if text is None:
            return None
        limited(text, field, LONGEST)
        if _COMMON.fullmatch(text):
            name, _, domain = text.partition("@")
            return f"{name}@{domain.lower()}"
        from email_validator import EmailNotValidError, validate_email  # here, for few addresses need it

        try:
            address = validate_email(
                text, check_deliverability=False, globally_deliverable=False, strict=True
            )
        except (EmailNotValidError, ValueError):
            raise refuse(field, "{label} must be an e-mail address.") from None
        if "." not in address.domain:
            raise refuse(field, "{label} must be an e-mail address.")
        return address.normalized

    def text_of(self, value: str, field: Field, formats: Formats) -> str:
        """The address itself."""
        return value
