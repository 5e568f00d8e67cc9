"""What a handler raises to answer with a refusal; ``door`` turns it into a page, or REST into its error
shape.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from runtime.base.messages import Message, message
from runtime.expressions.evaluation import BudgetError
from runtime.model.values import Ref
from runtime.sites.live import ConditionError, PathError
from runtime.storage.errors import BusyError, InvalidCursorError, StorageError, UnsortableError

BUSY_SECONDS = 2
"""When to ask again while others are writing."""
AWAY_SECONDS = 15
"""When to ask again while the database does not answer."""


class RefusedError(Exception):
    """A request that is refused: the HTTP status, a code for programs, and a sentence for people.

    ``retry_after`` is in how many seconds the same request may succeed, ``request_id`` what the log knows it
    by. ``alike`` are the records that may be the same, by the place in the request of the one that was sent.
    """

    def __init__(
        self,
        status: int,
        code: str,
        sentence: Message,
        fields: Mapping[str, Sequence[Message]] = MappingProxyType({}),
        at: str = "",
        retry_after: int | None = None,
        request_id: str | None = None,
        alike: Mapping[str, Sequence[Ref]] = MappingProxyType({}),
    ) -> None:
        super().__init__(str(sentence))
        self.status = status
        self.code = code
        self.sentence = sentence
        self.fields = fields
        self.at = at
        self.retry_after = retry_after
        self.request_id = request_id
        self.alike = alike


def not_found() -> RefusedError:
    """Unknown and forbidden look alike."""
    return RefusedError(404, "not_found", message("There is nothing here, or you may not see it."))


def forbidden(sentence: Message) -> RefusedError:
    """The one who asks is known, and may not do this."""
    return RefusedError(403, "forbidden", sentence)


def bad_request(sentence: Message, at: str = "") -> RefusedError:
    """The request cannot be read; ``at`` is the parameter or the place in the body."""
    return RefusedError(400, "bad_request", sentence, at=at)


def too_large(status: int, sentence: str) -> RefusedError:
    """The body is larger, or slower, than the site takes."""
    return RefusedError(status, "too_large", message("{what}", what=sentence))


def broken(request_id: str) -> RefusedError:
    """Something failed that should not; the log has all of it."""
    return RefusedError(
        500,
        "internal",
        message("It is not your doing. What you did was not saved; the log has what happened."),
        request_id=request_id,
    )


def refusal_of_problem(problem: Exception) -> RefusedError | None:
    """What the rooms below raise for a person to read, as a refusal; None for what nobody foresaw."""
    if isinstance(problem, RefusedError):
        return problem
    if isinstance(problem, BusyError):
        sentence = message("Others are writing right now. Nothing was saved; try again in a moment.")
        return RefusedError(503, "busy", sentence, retry_after=BUSY_SECONDS)
    if isinstance(problem, StorageError):
        sentence = message("The database does not answer. Nothing was saved; try again in a while.")
        return RefusedError(503, "unavailable", sentence, retry_after=AWAY_SECONDS)
    if isinstance(problem, InvalidCursorError):
        return bad_request(
            message("This address leads to a page of another list. Open the list anew."), "after"
        )
    if isinstance(problem, ConditionError):
        return bad_request(message("{what}", what=problem.diagnostics[0].message), "where")
    if isinstance(problem, PathError):
        return bad_request(problem.reason, problem.text)
    if isinstance(problem, UnsortableError):
        return bad_request(message("{what}", what=str(problem)), "sort")
    if isinstance(problem, BudgetError):
        return bad_request(message("This asks for more than one request may take."))
    return None
