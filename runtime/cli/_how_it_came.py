"""How the value of a record's field came about, as text: what gives it, and the value of each part."""

from dataclasses import replace
from typing import TYPE_CHECKING

from runtime.base.suggest import did_you_mean
from runtime.cli.base import DONE, CommandError, House

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runtime.fields.formats import Formats
    from runtime.model.catalog import Field, Module
    from runtime.model.values import Ref
    from runtime.records.explaining import Explanation, Part
    from runtime.records.how_it_came import HowItCame
    from runtime.sites.live import Live
    from runtime.sites.site import Site

INDENT = "  "


def explain(house: House, module: str, record_id: int, field: str) -> int:
    """Print what gives the field its value, as the system sees it."""
    site = house.open_site(None)
    try:
        for line in _lines(site, module, record_id, field):
            print(line.rstrip(), file=house.out)
    finally:
        site.close()
    return DONE


def _lines(site: "Site", key: str, record_id: int, name: str) -> "Iterable[str]":
    from runtime.fields.formats import Formats
    from runtime.identity.actor import SYSTEM
    from runtime.records.explaining import Asking
    from runtime.records.how_it_came import how_it_came

    live = site.live
    module, field = _named(live, key, name)
    language = live.catalog.languages[0]
    actor = replace(SYSTEM, language=language)
    with site.database.read() as connection:
        moment = live.moment(actor)
        record = live.records.record(connection, actor, moment, key, record_id, deleted="any")
        if record is None:
            raise CommandError(f"There is no record {key}/{record_id}.")
        asking = Asking(connection, actor, moment, key, record_id)
        found = how_it_came(live.explainer, live.records, asking, field)
    formats = Formats(language, live.catalog.timezone)
    value = _told(live, field, record.values.get(field.key), formats)
    yield f"{key}/{record_id} {record.title}: {field.key} is {value or 'empty'}"
    if found is not None:
        yield from _causes(live, module, found, formats)


def _named(live: "Live", key: str, name: str) -> "tuple[Module, Field]":
    module = live.catalog.modules.get(key)
    if module is None:
        near = did_you_mean(key, live.catalog.modules)
        raise CommandError(f'There is no module "{key}". {near[:1].upper()}{near[1:]}'.rstrip())
    field = module.field(name)
    if field is None:
        near = did_you_mean(name[:100], [each.key for each in module.all_fields()])
        raise CommandError(f'{key} has no field "{name[:100]}". {near[:1].upper()}{near[1:]}'.rstrip())
    return module, field


def _causes(live: "Live", module: "Module", found: "HowItCame", formats: "Formats") -> "Iterable[str]":
    from runtime.records.filling import COMPUTED, DEFAULT, FORMULA, RULE

    if found.happening is not None and found.step is not None:
        user = found.happening.user
        who, when = (user.title if user is not None else "the system"), formats.datetime(found.happening.at)
        cause = COMPUTED if found.field.computed is not None else found.step.cause or ""
        by = {DEFAULT: "as its default ", COMPUTED: "as a computed field "}.get(cause, "")
        if cause.startswith((FORMULA, RULE)):
            by = f"by the {cause.replace(':', ' ', 1)} "
        yield f"{INDENT}written {by}when {who} saved on {when}"
    if not found.causes:
        yield f"{INDENT}nothing works it out: people write it"
    for each in found.causes:
        named = f"{each.kind} {each.key}" if each.kind in ("formula", "rule") else each.kind
        moments = f" ({', '.join(each.moments)})" if each.moments else ""
        yield ""
        yield f"{named}{moments}  {each.span.file}:{each.span.line}:{each.span.column}"
        yield from _parts(live, each.value, formats)
        if each.when is not None:
            yield f"{INDENT}when, which {'holds' if each.holds else 'does not hold'} now:"
            yield from (INDENT + line for line in _parts(live, each.when, formats))


def _parts(live: "Live", explanation: "Explanation", formats: "Formats") -> "Iterable[str]":
    from runtime.records.explaining import TROUBLES

    if explanation.trouble:
        yield f"{INDENT}{TROUBLES[explanation.trouble]}"
    if explanation.whole is None:
        return
    rows = [
        (
            f"{INDENT * (depth + 1)}{'old.' if part.before else ''}{part.text}",
            _value(live, part, formats),
            part,
        )
        for depth, part in explanation.whole.walk()
        if not (part.is_literal and depth)
    ]
    wide = max(len(text) for text, _, _ in rows)
    for text, value, part in rows:
        yield f"{text.ljust(wide)}  = {value or 'empty'}{_from(part)}"


def _value(live: "Live", part: "Part", formats: "Formats") -> str:
    from runtime.fields.telling import tell

    if part.refs:
        return ", ".join(map(_ref, part.refs))
    return tell(part.value, part.type, formats, live.catalog.picklists)


def _from(part: "Part") -> str:
    if part.record is not None:
        return f"   from {_ref(part.record)}"
    if part.reached is None:
        return ""
    count = f"{part.reached.count.n}{'+' if part.reached.count.capped else ''}"
    first = ", ".join(map(_ref, part.reached.first))
    return f"   over {count} records{': ' if first else ''}{first}"


def _ref(ref: "Ref") -> str:
    return f"{ref.title} ({ref.module}/{ref.id})"


def _told(live: "Live", field: "Field", value: object, formats: "Formats") -> str:
    from runtime.model.values import Ref

    if isinstance(value, Ref):
        return _ref(value)
    if value is None or value == ():
        return ""
    return live.types[field.type].text(value, field, formats, live.catalog.picklists)
