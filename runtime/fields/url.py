"""The field type ``url``: a web address."""

import re
from types import MappingProxyType
from urllib.parse import urlsplit, urlunsplit

from runtime.fields import likeness
from runtime.fields.base import Example, Parsing, refuse
from runtime.fields.formats import Formats
from runtime.fields.many import KINDS, MANY, ManyType
from runtime.fields.matching import PATTERN
from runtime.fields.written import clean, limited
from runtime.model.catalog import Field
from runtime.model.values import Entry

LONGEST = 2000
_BARE = re.compile(r"[^\s/:@?#]+\.[^\s/:@?#.]{2,}(?::[0-9]{1,5})?(?:[/?#].*)?")
_HOST = re.compile(r"(?!-)[^\s/\\<>\"'`|^{}%:@?#\[\]]+(?<!-)|\[[0-9A-Fa-f:.]+\]")
_UNSAFE = re.compile(r"[\s\\<>\"`{}|^]")


class Url(ManyType):
    """A web address of the schemes http and https; ``https://`` is added to one that has none."""

    name = "url"
    title = "Web address"
    widget = "url"
    computable = True
    settings_schema = MappingProxyType({"pattern": PATTERN, "many": MANY, "kinds": KINDS})
    kinds = ("website", "shop", "profile", "other")
    longest = LONGEST
    examples = (
        Example("https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
        Example("HTTP://Example.COM", "http://example.com"),
        Example("www.example.com/crm", "https://www.example.com/crm"),
        Example("example.com", "https://example.com"),
        Example("https://hämeenlinna.fi/sää", "https://hämeenlinna.fi/sää"),
        Example("http://localhost:8000/", "http://localhost:8000/"),
        Example(" ", None),
        Example(
            [{"value": "example.com", "kind": "shop", "primary": False}],
            (Entry("https://example.com", "shop"),),
            {"many": True},
        ),
        Example("Example.com/a", "https://example.com/a", {"pattern": "https://example[.]com/.*"}),
    )
    rejects = (
        "javascript:alert(1)",
        "JaVaScRiPt://example.com/%0aalert(1)",
        "data:text/html,hello",
        "ftp://example.com/",
        "mailto:ada@example.com",
        "//example.com",
        "https://",
        "https://ada:secret@example.com/",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com\\@evil.example",
        "https://[::1",
        "https://example.com/\x00",
        "not an address",
        "https://example.com/" + "a" * 2000,
        42,
    )

    def likeness_of(self, value: str) -> str:
        """The address without its scheme."""
        return likeness.of_address(value)

    def parse_one(self, raw: object, field: Field, parsing: Parsing) -> str | None:
        """The address, its scheme and host in small letters."""
        text = clean(raw, field)
        if text is None:
            return None
        limited(text, field, LONGEST)
        if _BARE.fullmatch(text):
            text = f"https://{text}"
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise refuse(field, "{label} must be a web address, such as https://example.com.") from None
        if parts.scheme not in ("http", "https"):
            raise refuse(field, "{label} must be a web address that begins with http:// or https://.")
        if "@" in parts.netloc:
            raise refuse(field, "{label} must not hold a user name or a password.")
        host = parts.netloc.lower().removesuffix(f":{port}")
        if _UNSAFE.search(text) or not _HOST.fullmatch(host):
            raise refuse(field, "{label} must be a web address, such as https://example.com.")
        return urlunsplit(parts._replace(netloc=parts.netloc.lower()))

    def text_of(self, value: str, field: Field, formats: Formats) -> str:
        """The address itself."""
        return value
