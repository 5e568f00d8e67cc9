"""Asking people to approve something: who they are, and what reaches them."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from runtime.automation.place import Place, Snapshot
from runtime.base.messages import message, to_json
from runtime.identity.addressed import Addressed
from runtime.identity.users import User, Users
from runtime.model.letters import Letter
from runtime.storage.approvals import Approvals
from runtime.storage.inbox import Inbox
from runtime.storage.runs import StoredRun
from runtime.storage.transaction import Transaction

ADDRESS = "/approvals"


def users_to_ask(tx: Transaction, live: Snapshot, people: Sequence[int] | None, role: str) -> list[int]:
    """The users: these, groups meaning their members, or those of a role."""
    addressed = Addressed(live.tables)
    if role:
        return addressed.of_role(tx.connection, role)
    return addressed.users(tx.connection, people or ())


def ask_people(
    tx: Transaction,
    site: Place,
    live: Snapshot,
    run: StoredRun,
    called: str,
    people: Sequence[int],
    until: datetime | None,
) -> int:
    """Note the request, and tell everybody who may decide it: in their inbox and by mail."""
    approvals = Approvals(site.clock)
    number = approvals.ask(tx, run.id, people, until)
    today = site.clock.now().astimezone(ZoneInfo(live.catalog.timezone)).date()
    instead = [user for each in people for user in approvals.deciding_instead(tx.connection, each, today)]
    told = {*people, *instead}
    users = [found for each in sorted(told) if (found := Users(live.tables).active(tx.connection, each))]
    inbox, link = Inbox(site.clock), f"{site.url}{ADDRESS}/{number}"
    table = live.tables.module(run.module).table.name
    for user in users:
        title, label = _title(tx, live, run, user), live.catalog.modules[run.module].label
        name = title or label.in_language(user.language or live.catalog.languages[0])
        text = message("{approval} waits for your decision.", approval=called)
        if title:
            text = message("{approval}: {title} waits for your decision.", approval=called, title=title)
        about = (table, run.record_id or 0)
        inbox.tell(tx, f"approval:{number}", [user.id], to_json(text), about, f"{ADDRESS}/{number}")
        if user.email:
            site.post.put(tx, [_letter(site, live, number, user, called, name, link)])
    return number


def _title(tx: Transaction, live: Snapshot, run: StoredRun, user: User) -> str:
    """What the record is called to somebody; nothing to one who may not see it."""
    actor = user.actor("approval", user.language or live.catalog.languages[0], live.catalog.timezone)
    seen = live.seen_by(actor)
    ref = seen.refs.one(tx.connection, [run.module], run.record_id or 0, actor, seen.moment(actor))
    return ref.title if ref is not None else ""


def _letter(
    site: Place, live: Snapshot, number: int, user: User, called: str, name: str, link: str
) -> Letter:
    language = user.language or live.catalog.languages[0]
    say = site.translate(language)
    lines = (
        message("Hello {name},", name=user.name),
        message("{title} waits for your decision: {approval}.", title=name, approval=called),
        message("Look at it, and approve or reject it, here: {link}", link=link),
    )
    subject = message("For your approval: {title}", title=name).render(say, language)
    text = "\n\n".join(line.render(say, language) for line in lines) + "\n"
    return Letter(f"approval:{number}:{user.id}", "approval", user.email, subject, text)
