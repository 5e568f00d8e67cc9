"""The basis of a plan: what it was made on and what it does. While that is the same, the plan holds."""

import hashlib
from dataclasses import dataclass

from runtime.storage.structure import Structure


@dataclass(frozen=True, slots=True)
class Basis:
    """``base`` is the number of the applied revision, 0 when there is none, and ``base_hash`` its catalog's;
    ``target_hash`` is that of the one to come. ``whats`` are the sentences of the steps, in order.
    """

    base: int
    base_hash: str
    target_hash: str
    structure: Structure
    whats: tuple[str, ...]

    @property
    def seal(self) -> str:
        """A digest of all of it; another one means that a plan is stale."""
        parts = (str(self.base), self.base_hash, self.target_hash, self.structure.digest, *self.whats)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()
