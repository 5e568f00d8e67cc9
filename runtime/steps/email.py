"""The step `email`: write a letter."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import LETTER, RECORD, VALUE, Did, Doing, Setting, StepError, StepKind

MOST = 50
"""How many people one step writes to."""


class Email(StepKind):
    """Sends a letter of `templates/mail/`: `email: {template: big_win, to: =owner.email}`. Several addresses
    have commas between them, and each gets a letter of its own. Where there is no address, nothing is sent.
    The mail is sent when the step has landed, once, however often the step has to be tried.
    """

    name = "email"
    title = message("Send a mail")
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "record": Setting(RECORD, "The record that the letter is about; left out: the workflow's own."),
            "language": Setting(VALUE, "In which language, where the letter has it; left out: the site's."),
            "template": Setting(LETTER, "Which letter.", required=True, of="record"),
            "to": Setting(VALUE, "To whom: =owner.email, or an address.", required=True),
            "reply_to": Setting(VALUE, "Whom answers go to, when not the sender."),
        }
    )

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        letter = given["template"]
        written = (each.strip() for each in str(given["to"] or "").split(","))
        people = list(dict.fromkeys(filter(None, written)))
        if letter is None or not people:
            return Did({"what": "nothing"})
        if len(people) > MOST:
            raise StepError(message("One step writes to {most} people at most.", most=MOST))
        for each in (*people, *filter(None, [str(given.get("reply_to") or "").strip()])):
            if not _is_address(each):
                raise StepError(message("{address} is no e-mail address.", address=each[:200]))
        doing.mail(people, letter, str(given.get("reply_to") or "").strip())
        return Did({"to": people, "subject": letter.subject})


def _is_address(text: str) -> bool:
    name, at, host = text.rpartition("@")
    return bool(name and at and "." in host) and text.isprintable() and not set(' <>()[],;:"\\') & set(text)
