"""What a preview is of: the record and the language that its page asks for."""

from collections.abc import Sequence

from runtime.model.values import Ref
from runtime.web.door import Call
from runtime.web.views import FieldView, Option


def chosen_record(call: Call, module: str) -> Ref | None:
    """The record that was asked for: by its id, or by an address that ends in it."""
    written = call.form.text("record") or call.query("record")
    number = written.strip().rpartition("/")[2]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    with call.site.database.read() as connection:
        return call.live.refs.one(connection, [module], int(number), call.actor, call.moment)


def picker(call: Call, module: str, record: Ref | None) -> FieldView:
    """The control that such a record is chosen with."""
    return FieldView(
        "relation",
        name="record",
        id="record",
        label=call.translate("Record"),
        picker=f"/admin/workbench/records/{module}",
        value=record.id if record is not None else None,
        text=record.title if record is not None else "",
    )


def chosen_language(call: Call) -> str:
    """The language that was asked for; the site's first where it was none of the site's."""
    asked, known = call.form.text("language") or call.query("language"), call.live.catalog.languages
    return asked if asked in known else known[0]


def languages(call: Call, chosen: str) -> Sequence[Option]:
    """The languages of the site, for a control."""
    return [Option(each, each, None, each == chosen) for each in call.live.catalog.languages]
