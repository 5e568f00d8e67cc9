"""What a form says of the records that the one in it may be a duplicate of."""

from typing import Any

from runtime.records.change import Refused
from runtime.web.door import Call
from runtime.web.views import record_address


def is_anyway(call: Call) -> bool:
    """Whether whoever sends the form has seen what may be there already, and saves all the same."""
    return bool(call.form.text("_anyway"))


def alike_of(refused: Refused | None) -> dict[str, Any]:
    """For the template: the records with their addresses, and whether the form may be saved all the same."""
    found = refused.alike if refused is not None else ()
    records = [{"title": ref.title, "href": record_address(ref.module, ref.id)} for ref in found]
    return {"alike": records, "anyway": refused is not None and refused.kind == "duplicate"}
