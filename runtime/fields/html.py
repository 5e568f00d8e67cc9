"""HTML that people write: what may stay of it, and the text that it says."""

import html
import re

import nh3

TAGS = frozenset(
    (
        *("a", "b", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "li"),
        *("ol", "p", "pre", "s", "strong", "sub", "sup", "u", "ul"),
    )
)
SCHEMES = frozenset(("http", "https", "mailto", "tel"))
ROUNDS = 3
"""How often what was made clean is cleaned again, until nothing changes any more."""

_WRITTEN = re.compile(r"</?[a-zA-Z][^<>]*>")
_TAG = re.compile(r'<[^<>"]*(?:"[^"]*"[^<>"]*)*>')
_BREAK = re.compile(r"<(?:br|hr)>|</(?:p|div|li|h[1-4]|blockquote|pre)>")
_EMPTY_LINES = re.compile(r"\n\s*\n\s*\n+")


def is_html(written: str) -> bool:
    """Whether a text has a tag; one without is taken as it stands."""
    return _WRITTEN.search(written) is not None


def of_text(text: str) -> str:
    """A text as HTML, its lines kept."""
    return f"<div>{html.escape(text, quote=False).replace(chr(10), '<br>')}</div>"


def sanitised(written: str, *, tables: bool = False) -> str:
    """What may stay of it: tags that format text, links to the web, and nothing that runs, loads or hides."""
    allowed = set(TAGS | {"table", "thead", "tbody", "tr", "th", "td"} if tables else TAGS)
    found = written
    for _ in range(ROUNDS):
        clean = nh3.clean(
            found,
            tags=allowed,
            clean_content_tags={"script", "style", "template", "iframe", "noscript", "textarea", "title"},
            attributes={"a": {"href"}},
            generic_attribute_prefixes=set(),
            url_schemes=set(SCHEMES),
            link_rel="noopener noreferrer",
            strip_comments=True,
        )
        if clean == found:
            break
        found = clean
    return found


def text_of(clean: str) -> str:
    """What sanitised HTML says, line by line, without its form."""
    lines = _TAG.sub("", _BREAK.sub("\n", clean))
    text = html.unescape(lines).replace("\u00a0", " ")
    return _EMPTY_LINES.sub("\n\n", text).strip()
