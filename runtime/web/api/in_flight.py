"""The requests with an ``Idempotency-Key`` that this process is working on just now."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from threading import Lock


class InFlight:
    """A set of keys, each held by one thread at a time. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._keys: set[Hashable] = set()

    @contextmanager
    def hold(self, key: Hashable) -> Iterator[bool]:
        """Hold a key; gives False when another has it."""
        with self._lock:
            free = key not in self._keys
            self._keys.add(key)
        try:
            yield free
        finally:
            if free:
                with self._lock:
                    self._keys.discard(key)
