"""Why a user may see or change a record, as text: each right, and what speaks for it with its line."""

from typing import TYPE_CHECKING

from runtime.base.suggest import did_you_mean
from runtime.cli.base import DONE, CommandError, House

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.base.diagnostic import Span
    from runtime.sites.site import Site


def explain(house: House, email: str, module: str, record_id: int) -> int:
    """Print what the user of an e-mail address may do with a record, and why."""
    site = house.open_site(None)
    try:
        for line in lines(site, email, module, record_id):
            print(line.rstrip(), file=house.out)
    finally:
        site.close()
    return DONE


def lines(site: "Site", email: str, key: str, record_id: int) -> "Iterator[str]":
    """What the user may do with the record, line by line."""
    from runtime.records.why_access import WhyAccess

    live = site.live
    module = live.catalog.modules.get(key)
    if module is None:
        near = did_you_mean(key, live.catalog.modules)
        raise CommandError(f'There is no module "{key}". {near[:1].upper()}{near[1:]}'.rstrip())
    translate = site.translate(language := live.catalog.languages[0])
    with site.database.read() as connection:
        user = live.identity.users.by_email(connection, email)
        if user is None:
            raise CommandError(f'There is no user "{email[:100]}".')
        titles = live.reader.titles(connection, key, [record_id])
        if record_id not in titles:
            raise CommandError(f"There is no record {key}/{record_id}.")
        actor = live.actor_of(user, "cli")
        moment = live.moment(actor)
        found = WhyAccess(live.catalog, live.judge, live.reader, connection, moment).of(
            actor, module, record_id
        )
    role = f"role {user.role}" if user.role else "no role"
    who = f"{user.name} ({role}{', administrator' if user.admin else ''})"
    yield f"{who} and {key}/{record_id} {titles[record_id]}"
    for answer in found.answers:
        yield f"{answer.right}: {'yes' if answer.allowed else 'no'}"
        for each in answer.because:
            yield f"  {each.reason.render(translate, language)}{_at(each.span)}"
    for field in found.fields:
        seen = "seen" if field.seen else "hidden"
        yield f"{key}.{field.key}: {seen}{'' if field.changed else ', not to be changed'}{_at(field.span)}"


def _at(span: "Span | None") -> str:
    return "" if span is None else f"   {span.file}:{span.line}"
