"""One-time codes of an authenticator app: RFC 6238 (TOTP) over RFC 4226 (HOTP), with SHA-1, six digits and
thirty seconds, which every app reads.
"""

import base64
import hashlib
import hmac
import secrets
import struct
from datetime import datetime
from urllib.parse import quote, urlencode

DIGITS = 6
SECONDS = 30
SECRET_BYTES = 20
"""160 bits, as RFC 4226 recommends."""
DRIFT = 1
"""So many steps a telephone's clock may be off, either way."""


def new_secret() -> str:
    """A fresh secret, in base 32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_at(secret: str, step: int) -> str:
    """The code of a step: the number of half minutes since 1970."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(moment: datetime) -> int:
    """The step that a moment is in."""
    return int(moment.timestamp()) // SECONDS


def matching_step(secret: str, code: str, moment: datetime, after: int | None) -> int | None:
    """The step whose code this is, near the moment and later than ``after`` (a code opens once); None when it
    is no code of now.
    """
    given, here = "".join(code.split()), step_of(moment)
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        same = hmac.compare_digest(code_at(secret, step).encode(), given.encode("utf-8", "replace"))
        if same and (after is None or step > after):
            found = step
    return found


def address(secret: str, issuer: str, account: str) -> str:
    """What the QR code says: the ``otpauth`` address that apps read."""
    label = f"{quote(issuer.replace(':', ' '), safe='')}:{quote(account, safe='')}"
    query = urlencode(
        {"secret": secret, "issuer": issuer, "digits": DIGITS, "period": SECONDS}, quote_via=quote
    )
    return f"otpauth://totp/{label}?{query}"
