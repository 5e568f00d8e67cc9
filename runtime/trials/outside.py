"""Outside: what would leave the program while a case runs; it is caught, and answered as the case says."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from runtime.model.letters import Letter
from runtime.model.outbound import Answer, Request
from runtime.sites.live import Live
from runtime.sites.sending import wants_none
from runtime.storage.transaction import Transaction

ANSWER = Answer(200, b"{}", "application/json")
"""What is answered where the case says nothing."""


@dataclass(slots=True)
class Outside:
    """Letters and calls of one case. ``answers`` are given one after the other, the last for good."""

    live: Live
    url: str
    answers: Sequence[Answer] = ()
    letters: dict[str, Letter] = field(default_factory=dict)
    calls: list[Request] = field(default_factory=list)

    def put(self, tx: Transaction, letters: Sequence[Letter]) -> list[int]:
        """Catch letters: two of one key are the same, and whoever wants none gets none."""
        for letter in letters:
            opt_out = letter.opt_out
            if opt_out is None or not wants_none(self.live, tx.connection, opt_out):
                self.letters.setdefault(letter.key, letter)
        return []

    def has(self, _connection: Any, key: str) -> bool:
        """Whether there is a letter of a key already."""
        return key in self.letters

    def send(self, request: Request) -> Answer:
        """Catch a call."""
        self.calls.append(request)
        if not self.answers:
            return ANSWER
        return self.answers[min(len(self.calls), len(self.answers)) - 1]
