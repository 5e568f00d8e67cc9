"""``is more than … months ago``."""

from runtime.base.messages import phrase
from runtime.expressions.filters.base import Example, RelativeDate


class OlderMonths(RelativeDate):
    """``is more than … months ago``."""

    name = "older_months"
    title = phrase("is more than … months ago")
    sentence = phrase("{field} is more than {n} months ago")
    text = "{day} < today() - months({n})"
    needs = "<"
    place = 38
    examples = (Example("due_date < today() - months(1)", ("Chairs",)),)
