"""Check M111: a currency is not known."""

from collections.abc import Iterator

from babel import Locale

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.nodes import Scalar
from runtime.language.shape import Path
from runtime.language.words import near, shown


class UnknownCurrency(Check):
    """A currency is none of ISO 4217.

    Currencies are named by their three capital letters: EUR, USD, SEK. The pack has one `currency`, and
    `rates` name the others that money may be in.
    """

    name = "M111"
    title = "Unknown currency"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        tree = draft.single("pack")
        currency = tree.scalar("currency") if tree else None
        rates = tree.map("rates") if tree else None
        written: list[tuple[Scalar, Path]] = [(currency, ("pack", "currency"))] if currency else []
        written += [(node, ("pack", "rates", key)) for key, node in rates.keys.items()] if rates else []
        known = Locale("en").currencies
        for node, path in written:
            code = str(node.value)
            if code not in known:
                yield self.found(
                    f"unknown currency {shown(code)}", node.span, path, near(code, known) or "write it as EUR"
                )
