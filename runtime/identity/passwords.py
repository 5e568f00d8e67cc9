"""Passwords: argon2 hashes, at most two computed at a time, and the same time for an unknown address."""

import threading
from dataclasses import dataclass
from functools import cached_property

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from runtime.identity.good_passwords import LONGEST


@dataclass(frozen=True, slots=True)
class Cost:
    """What a hash costs: passes over the memory, the memory in KiB, and lanes.

    The defaults are argon2's own (64 MiB, some 0.1 s), so that guessing is dear. Tests take :data:`CHEAP`.
    """

    passes: int = 3
    memory_kib: int = 65536
    lanes: int = 4


CHEAP = Cost(passes=1, memory_kib=8, lanes=1)
"""A cost for tests alone: a hash takes no time and protects nothing."""


class Passwords:
    """Makes and checks hashes.

    One for a process: a hash takes 64 MiB, so only ``at_once`` are computed together.
    """

    def __init__(self, cost: Cost | None = None, at_once: int = 2) -> None:
        cost = cost or Cost()
        hasher = Argon2Hasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
        self._hash = PasswordHash((hasher,))
        self._gate = threading.BoundedSemaphore(at_once)

    def hash(self, password: str) -> str:
        """The hash that is kept."""
        with self._gate:
            return self._hash.hash(password)

    def check(self, password: str, kept: str | None) -> bool:
        """Whether the password is the one that was hashed.

        Without a hash (an unknown address, a user without a password) the answer is no, and takes as long.
        """
        dummy = self._dummy
        if len(password) > LONGEST:
            return False
        with self._gate:
            try:
                right = self._hash.verify(password, kept or dummy)
            except UnknownHashError:
                return False
        return right and kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether a hash was made at another cost than today's and should be made anew."""
        return self._hash.current_hasher.check_needs_rehash(kept)

    @cached_property
    def _dummy(self) -> str:
        return self.hash("no password is this one")
