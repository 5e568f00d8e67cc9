"""The step `email`: write a letter."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import FILES, LETTER, RECORD, VALUE, Did, Doing, Setting, StepError, StepKind

MOST = 50
"""How many people one step writes to."""


class Email(StepKind):
    """Sends a letter of `templates/mail/`: `email: {template: big_win, to: =owner.email}`. Several addresses
    have commas between them, and each gets a letter of its own. Where there is no address, nothing is sent.
    The mail is sent when the step has landed, once, however often the step has to be tried. It comes from the
    CRM's own address, or `from` the address of a user or one that administrators have let mail come from.
    """

    name = "email"
    title = message("Send a mail")
    icon = "mail"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "record": Setting(RECORD, "The record that the letter is about; left out: the workflow's own."),
            "language": Setting(VALUE, "In which language, where the letter has it; left out: the site's."),
            "template": Setting(LETTER, "Which letter.", required=True, of="record"),
            "to": Setting(VALUE, "To whom: =owner.email, or an address.", required=True),
            "from": Setting(VALUE, "Whom it comes from: =owner.email; left out: the CRM itself."),
            "attach": Setting(FILES, "Files that go with it: =paper, =contract, or a list of them."),
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
        sender, reply_to = (str(given.get(key) or "").strip() for key in ("from", "reply_to"))
        for each in (*people, *filter(None, (sender, reply_to))):
            if not is_address(each):
                raise StepError(message("{address} is no e-mail address.", address=each[:200]))
        doing.mail(people, letter, reply_to, sender, given.get("attach", ()))
        return Did({"to": people, "subject": letter.subject})


def is_address(text: str) -> bool:
    """Whether mail may be sent to it."""
    name, at, host = text.rpartition("@")
    return bool(name and at and "." in host) and text.isprintable() and not set(' <>()[],;:"\\') & set(text)
