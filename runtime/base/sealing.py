"""Sealing: texts that the database keeps encrypted, and that only the program opens again.

A sealed text is ``v1.`` and the base64 of a nonce and what AES-256-GCM makes of the text; the key is derived
from the site's secret by HKDF (RFC 5869) with SHA-256. Who loses the secret loses what was sealed with it.
"""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

VERSION = "v1."
SHORTEST = 16
"""Characters that a secret must have, at the least."""
_INFO = b"trellis sealed texts v1"
_MARKS = b"trellis marks v1"
_NONCE = 12


class SealError(Exception):
    """A sealed text cannot be opened, or the secret cannot be had; the message is a whole sentence."""


class Sealer:
    """Seals and opens texts with one site's secret, which is asked for when it is first needed."""

    def __init__(self, secret: str, file: Path) -> None:
        """``secret`` is ``TRELLIS_SECRET``; when it is '' the first use keeps one in ``file``."""
        self._secret = secret
        self._file = file
        self._keys: dict[bytes, bytes] = {}

    def seal(self, text: str) -> str:
        """The text, encrypted; the same one is sealed otherwise each time."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # here, for few processes need it

        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(self._derived(_INFO)).encrypt(nonce, text.encode(), None)
        return VERSION + base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str) -> str:
        """The text again; raises :class:`SealError` when it was sealed with another secret, or altered."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            raw = base64.urlsafe_b64decode(sealed.removeprefix(VERSION))
            return AESGCM(self._derived(_INFO)).decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
        except (ValueError, InvalidTag):
            raise SealError(
                "A secret cannot be opened: TRELLIS_SECRET is not the one it was kept with."
            ) from None

    def mark(self, text: str) -> str:
        """What only a holder of the secret can make of the text: its HMAC-SHA256, in hexadecimal."""
        said = text.encode("utf-8", "surrogatepass")
        return hmac.new(self._derived(_MARKS), said, hashlib.sha256).hexdigest()

    def _derived(self, purpose: bytes) -> bytes:
        if purpose not in self._keys:
            from cryptography.hazmat.primitives.hashes import SHA256
            from cryptography.hazmat.primitives.kdf.hkdf import HKDF

            secret = (self._secret or _kept(self._file)).encode()
            self._keys[purpose] = HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret)
        return self._keys[purpose]


def _kept(file: Path) -> str:
    """The secret in a file that only the program's user may read; the first to ask makes it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        made = secrets.token_urlsafe(48)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(made)
    except FileExistsError:
        made = file.read_text().strip()
    except OSError as error:
        raise SealError(
            f"The secret cannot be kept in {file}: {error.strerror}; set TRELLIS_SECRET."
        ) from None
    if len(made) < SHORTEST:
        raise SealError(f"The secret in {file} is too short; set TRELLIS_SECRET.")
    return made
