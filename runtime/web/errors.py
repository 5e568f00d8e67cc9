"""What a handler raises to answer with a refusal; ``door`` turns it into a page, or REST into its error shape."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from runtime.base.messages import Message, message


class RefusedError(Exception):
    """A request that is refused: the HTTP status, a code for programs, and a sentence for people."""

    def __init__(
        self,
        status: int,
        code: str,
        sentence: Message,
        fields: Mapping[str, Sequence[Message]] = MappingProxyType({}),
        at: str = "",
    ) -> None:
        super().__init__(str(sentence))
        self.status = status
        self.code = code
        self.sentence = sentence
        self.fields = fields
        self.at = at


def not_found() -> RefusedError:
    """Unknown and forbidden look alike."""
    return RefusedError(404, "not_found", message("There is nothing here, or you may not see it."))


def forbidden(sentence: Message) -> RefusedError:
    """The one who asks is known, and may not do this."""
    return RefusedError(403, "forbidden", sentence)


def bad_request(sentence: Message, at: str = "") -> RefusedError:
    """The request cannot be read; ``at`` is the parameter or the place in the body."""
    return RefusedError(400, "bad_request", sentence, at=at)
