"""Likeness: what of a text is compared when duplicates are looked for, whoever wrote it and however."""

import re
import unicodedata

from runtime.expressions.text import fold

LEGAL_FORMS = (
    "ab", "abp", "ag", "aps", "as", "asa", "bv", "co", "company", "corp", "corporation", "gmbh", "inc",
    "incorporated", "kb", "kg", "ky", "limited", "llc", "llp", "lp", "ltd", "nv", "oy", "oyj", "plc",
    "pty", "sa", "sarl", "sas", "sl", "spa", "srl", "tmi",
)  # fmt: skip
"""Words behind a company's name that people write, leave out and mix up."""
_NO_WORD = re.compile(r"[\W_]+")
_DOTTED = re.compile(r"(?<=\b\w)\.(?=\w\b)")
_NO_DIGIT = re.compile(r"[^0-9]")
_SCHEME = re.compile(r"https?://(www\.)?", re.IGNORECASE)
SUBSCRIBER = 9
"""So many last digits of a telephone number are compared: it may be written with its country or without."""


def of_text(text: str) -> str:
    """The words of a text: small, without accents, punctuation and a company's legal form; '' for none."""
    plain = fold(text)
    if not plain.isascii():
        plain = "".join(
            each for each in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(each)
        )
    words = _NO_WORD.sub(" ", _DOTTED.sub("", plain.replace("&", " and ").replace("'", ""))).split()
    return " ".join([word for word in words if word not in LEGAL_FORMS] or words)


def of_phone(number: str) -> str:
    """The last digits of a telephone number."""
    digits = _NO_DIGIT.sub("", number.partition(";")[0]).lstrip("0")
    return digits[-SUBSCRIBER:]


def of_address(url: str) -> str:
    """A web address without its scheme, ``www.`` and the slash at its end."""
    return _SCHEME.sub("", fold(url), count=1).rstrip("/")
