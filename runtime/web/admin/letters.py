"""The letters of the pack: each as it would be written about a real record, and where its links lead."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.automation.previewing import preview
from runtime.automation.writing_letters import WrittenLetter
from runtime.channels.links import Link, check_links, links_of
from runtime.model.letters import LetterTemplate
from runtime.model.values import Ref
from runtime.steps.base import StepError
from runtime.web.admin.drawn import who_uses
from runtime.web.admin.previewed import chosen_language, chosen_record, languages, picker
from runtime.web.admin.source import place_of, source_address
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.framed import framed
from runtime.web.pages.screen import Screen

ADDRESS = "/admin/letters"


def show(screen: Screen, call: Call) -> Response:
    """Every letter: what it is about, and which workflows send it."""
    rows = [_row(call, each) for each in call.live.catalog.letters.values()]
    context = {"letters": {"rows": rows}, "admin_tabs": tabs(call, "mail")}
    return screen.draw(call, "admin/letters.html", context)


def show_one(screen: Screen, call: Call) -> Response:
    """One letter, about the record that the address names."""
    return _draw(screen, call, checked=False)


def check(screen: Screen, call: Call) -> Response:
    """The same, and each of its links is called."""
    return _draw(screen, call, checked=True)


def show_html(screen: Screen, call: Call) -> Response:
    """Its HTML, for a frame."""
    letter = _letter(call)
    record = chosen_record(call, letter.module)
    if record is None:
        raise not_found()
    try:
        written = _written(call, letter, record, chosen_language(call))
    except StepError:
        raise not_found() from None
    return framed(written.html)


def _draw(screen: Screen, call: Call, *, checked: bool) -> Response:
    letter = _letter(call)
    record, language = chosen_record(call, letter.module), chosen_language(call)
    if checked and record is None:
        return RedirectResponse(f"{ADDRESS}/{letter.key}", 303)
    written, error = None, ""
    if record is not None:
        try:
            written = _written(call, letter, record, language)
        except StepError as failed:
            error = failed.reason.render(call.translate, call.actor.language)
    context = {
        "letter": {
            **_row(call, letter),
            "at": place_of(letter.origin),
            "source": source_address(letter.origin),
            "opt_out": letter.opt_out,
            "picker": picker(call, letter.module, record),
            "languages": languages(call, language),
            "language": language,
            "record": record.id if record is not None else None,
            "error": error,
            "written": written,
            "frame": f"{ADDRESS}/{letter.key}/html?record={record.id}&language={language}"
            if record is not None and written is not None and written.html
            else None,
            "links": [_link(call, each) for each in _links(call, written, checked=checked)],
        },
        "admin_tabs": tabs(call, "mail"),
    }
    return screen.draw(call, "admin/letter.html", context)


def _links(call: Call, written: WrittenLetter | None, *, checked: bool) -> Sequence[Link]:
    if written is None:
        return ()
    caller = call.site.outbound if checked else None
    addresses = links_of(written.text, written.html)
    return list(check_links(addresses, call.site.settings.url, caller))


def _link(call: Call, link: Link) -> dict[str, Any]:
    said = link.said.render(call.translate, call.actor.language)
    return {"address": link.address, "is_good": link.is_good, "said": said}


def _written(call: Call, letter: LetterTemplate, record: Ref, language: str) -> WrittenLetter:
    with call.site.database.read() as connection:
        return preview(call.site.live, connection, letter, record.id, language)


def _letter(call: Call) -> LetterTemplate:
    found = call.live.catalog.letters.get(call.path("letter"))
    if found is None:
        raise not_found()
    return found


def _row(call: Call, letter: LetterTemplate) -> dict[str, Any]:
    language, catalog = call.actor.language, call.live.catalog
    module = catalog.modules[letter.module]
    subject = letter.subject.get(language) or next(iter(letter.subject.values()))
    return {
        "key": letter.key,
        "href": f"{ADDRESS}/{letter.key}",
        "module": module.label.in_language(language),
        "subject": subject.text,
        "senders": who_uses(call, "email", letter.key),
    }
