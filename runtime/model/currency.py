"""Currencies: how many decimals an amount of each has."""

import re

_WHOLE = frozenset(
    re.findall(r"[A-Z]{3}", "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF")
)
_THOUSANDTHS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_TEN_THOUSANDTHS = frozenset(["CLF", "UYW"])


def minor_digits(currency: str) -> int:
    """The decimals of a currency (ISO 4217's minor unit): 2 for EUR, 0 for JPY, 3 for KWD.

    They are those of the books. What a locale shows may be fewer (CLDR shows Serbian dinars without paras),
    and storing by that would round amounts away.
    """
    if currency in _WHOLE:
        return 0
    if currency in _THOUSANDTHS:
        return 3
    return 4 if currency in _TEN_THOUSANDTHS else 2


def unusual_digits() -> dict[str, int]:
    """The currencies that have other than 2 decimals, with how many."""
    codes = sorted(_WHOLE | _THOUSANDTHS | _TEN_THOUSANDTHS)
    return {code: minor_digits(code) for code in codes}
