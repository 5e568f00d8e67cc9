"""Tokens: random secrets that are given out once, and kept as a hash alone."""

import hashlib
import hmac
import secrets

BYTES = 32
"""256 random bits:

a token cannot be guessed, so a plain hash of it is enough (there is nothing to stretch).
"""


def new_token(prefix: str = "") -> str:
    """A fresh token, safe in an address and in a header."""
    return prefix + secrets.token_urlsafe(BYTES)


def fingerprint(token: str) -> str:
    """What is kept of a token: its SHA-256, in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def derived(token: str, purpose: str) -> str:
    """A second secret that only the holder of the first can know, such as a session's CSRF token."""
    return hmac.new(token.encode("utf-8", "surrogatepass"), purpose.encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
