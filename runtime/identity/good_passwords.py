"""Good passwords: long enough, and none of those that are tried first. No rule asks for kinds of letters:
length is what helps (NIST SP 800-63B).
"""

import re
from collections.abc import Iterable

from runtime.base.messages import Message, message

SHORTEST = 8
LONGEST = 256
"""Characters. The upper limit keeps a request from making the hash work on megabytes."""

_WORDS = """
password passwort passord salasana lösenord secret letmein welcome admin administrator login master qwerty
qwertyui qwertyuiop asdfgh asdfghjk asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc iloveyou sunshine princess
dragon monkey football baseball superman batman shadow michael jennifer trustno computer internet starwars
whatever freedom changeme default guest test testing temp temporary summer winter spring autumn kesä talvi
syksy kevät tervetuloa suomi finland helsinki rakas hevonen koira kissa moikka perkele
"""
COMMON = frozenset(_WORDS.split())
"""Words that, with digits and signs around them, are tried before all others."""
ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopå", "asdfghjklöä", "zxcvbnm", "01234567890")
LETTERS = re.compile(r"[^\W\d_]+")
LEET = str.maketrans("@4301!5$7", "aaeoiisst")


def why_not_a_password(password: str, shortest: int = SHORTEST, about: Iterable[str] = ()) -> Message | None:
    """The reason a password cannot be chosen; None when it can.

    ``about`` are the words that somebody who guesses has at hand: the user's name and address, the site's.
    """
    if len(password) < shortest:
        return message("A password has at least {shortest} characters.", shortest=shortest)
    if len(password) > LONGEST:
        return message("A password has at most {longest} characters.", longest=LONGEST)
    plain = password.casefold()
    if len(set(plain)) < 4 or _is_row(plain) or _is_repeated(plain):
        return message("This password is too easy to guess: it repeats itself, or follows the keyboard.")
    words = {
        plain.translate(LEET),
        *re.findall(r"[^\W\d_]+", plain),
        *re.findall(r"[^\W\d_]+", plain.translate(LEET)),
    }
    rest = _without(plain, COMMON & words)
    if len(rest) < 4:
        return message("This password is one of those that are tried first. Add words of your own.")
    own = {word for text in about for word in re.findall(r"\w{3,}", text.casefold())}
    if len(_without(plain, {word for word in own if word in plain})) < 6:
        return message("This password is too close to your name, your address, or this site's name.")
    return None


def _without(text: str, words: Iterable[str]) -> str:
    """What is left of a text without some words, and without digits and signs at its ends."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "").replace(_plain(word, text), "")
    return text.strip("0123456789!?.,-_#*+ €$%&/()=@")


def _plain(word: str, text: str) -> str:
    # The word as it stands in the text, where letters are written as digits.
    place = text.translate(LEET).find(word)
    return text[place : place + len(word)] if place >= 0 else word


def _is_row(text: str) -> bool:
    return any(text in row * 3 or text in row[::-1] * 3 for row in ROWS)


def _is_repeated(text: str) -> bool:
    return any(
        text == (text[:size] * len(text))[: len(text)] for size in range(1, min(4, len(text) // 2 + 1))
    )
