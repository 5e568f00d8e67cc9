"""Unsubscribing: the signed address in a letter at which its reader ends such letters with one click."""

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from runtime.base.messages import Translate, phrase
from runtime.base.sealing import Sealer
from runtime.model.letters import OptOut

PATH = "/unsubscribe/"
WORDS = phrase("Unsubscribe from letters like this")
_MARK = 40
"""So many characters of the mark stand in an address: 160 bits."""


@dataclass(frozen=True, slots=True)
class Said:
    """What stands at the end of a letter, as text and as HTML, and the address that it names."""

    address: str
    text: str
    html: str


class Unsubscribing:
    """Makes and reads the addresses of one site, which begin with ``url``."""

    def __init__(self, sealer: Sealer, url: str, translate: Callable[[str], Translate]) -> None:
        self._sealer = sealer
        self.url = url
        self._translate = translate

    def said(self, opt_out: OptOut, language: str) -> Said:
        """The end of a letter."""
        address = f"{self.url}{PATH}{self.token(opt_out)}"
        words = self._translate(language)(WORDS)
        return Said(
            address,
            f"\n-- \n{words}: {address}\n",
            f'\n<p><small><a href="{escape(address)}">{escape(words)}</a></small></p>\n',
        )

    def token(self, opt_out: OptOut) -> str:
        """What names an opt-out in an address, and that this site alone can have written."""
        named = json.dumps([opt_out.table, opt_out.record_id, opt_out.column], separators=(",", ":"))
        body = base64.urlsafe_b64encode(named.encode()).decode().rstrip("=")
        return f"{body}.{self._mark(body)}"

    def read(self, token: str) -> OptOut | None:
        """What a token names; None where this site has not written it."""
        body, _, mark = token.partition(".")
        if not body or not hmac.compare_digest(self._mark(body).encode(), mark.encode()):
            return None
        try:
            table, record_id, column = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
            return OptOut(str(table), int(record_id), str(column))
        except (ValueError, TypeError, binascii.Error):
            return None

    def _mark(self, body: str) -> str:
        return self._sealer.mark(f"unsubscribe:{body}")[:_MARK]
