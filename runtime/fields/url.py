"""The field type ``url``: a web address."""

import re
from urllib.parse import urlsplit, urlunsplit

from runtime.fields.base import Example, Parsing, refuse
from runtime.fields.written import WrittenType, clean, limited
from runtime.model.catalog import Field

LONGEST = 2000
_BARE = re.compile(r"[^\s/:@?#]+\.[^\s/:@?#.]{2,}(?::[0-9]{1,5})?(?:[/?#].*)?")
_HOST = re.compile(r"(?!-)[^\s/\\<>\"'`|^{}%:@?#\[\]]+(?<!-)|\[[0-9A-Fa-f:.]+\]")
_UNSAFE = re.compile(r"[\s\\<>\"`{}|^]")


class Url(WrittenType):
    """A web address of the schemes http and https; ``https://`` is added to one that has none."""

    name = "url"
    title = "Web address"
    widget = "url"
    later_settings = ("many", "pattern")
    examples = (
        Example("https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
        Example("HTTP://Example.COM", "http://example.com"),
        Example("www.example.com/crm", "https://www.example.com/crm"),
        Example("example.com", "https://example.com"),
        Example("https://hämeenlinna.fi/sää", "https://hämeenlinna.fi/sää"),
        Example("http://localhost:8000/", "http://localhost:8000/"),
        Example(" ", None),
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

    def parse(self, raw: object, field: Field, parsing: Parsing) -> str | None:
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
