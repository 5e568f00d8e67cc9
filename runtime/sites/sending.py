"""Sending: who mail may come from, whom it is not wanted by any more, and what goes with it."""

import hmac
from collections.abc import Sequence
from dataclasses import replace
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from runtime.base.messages import Message, message, to_json
from runtime.channels.smtp import File
from runtime.identity.actor import SYSTEM, Actor
from runtime.identity.addressed import Addressed
from runtime.identity.security_log import Who, note
from runtime.model.catalog import Field
from runtime.model.letters import Letter, OptOut
from runtime.records.change import Change, Refused
from runtime.sites.live import Live
from runtime.storage.inbox import Inbox
from runtime.storage.mails import StoredMail
from runtime.storage.senders import Sender, Senders

if TYPE_CHECKING:
    from runtime.sites.site import Site

PROVING = "/mail/senders/"
MOST_BYTES = 20 << 20
"""So much goes with one mail."""
UNKNOWN_KIND = "application/octet-stream"
_MARK = 40


# Who it comes from


def add_sender(site: "Site", actor: Actor, address: str, name: str) -> Message | None:
    """Have a link mailed to an address, whose reader proves with it that mail may come from there; gives why
    not.
    """
    if "@" not in address or not address.isprintable() or " " in address or len(address) > 254:
        return message("{address} is no e-mail address.", address=address[:200])
    sender = Sender(address.lower(), name.strip()[:120], token_hex(8), is_proven=False)
    language = site.live.catalog.languages[0]
    title = site.live.catalog.title.in_language(language)
    link = f"{site.settings.url}{PROVING}{_token(site, sender)}"
    asks = message(
        "{name} asks whether mail of {site} may come from this address.", name=actor.name, site=title
    )
    lines = (
        asks,
        message("If it may, open this link: {link}", link=link),
        message("If you know nothing of it, do nothing."),
    )
    say = site.translate(language)
    text = "\n\n".join(line.render(say, language) for line in lines) + "\n"
    subject = message("May {site} send mail from this address?", site=title).render(say, language)
    with site.database.write() as tx:
        Senders(site.clock).keep(tx, sender, actor.user_id)
        site.post.put(tx, [Letter(f"sender:{sender.nonce}", "sender", sender.address, subject, text)])
        note(
            tx.connection, site.clock.now(), "settings_changed", Who.of(actor), f"mail from {sender.address}"
        )
    return None


def forget_sender(site: "Site", actor: Actor, address: str) -> bool:
    """Let no mail come from an address any more; says whether any could."""
    with site.database.write() as tx:
        gone = Senders(site.clock).forget(tx, address, actor.user_id)
        if gone:
            about = f"no mail from {address.lower()}"
            note(tx.connection, site.clock.now(), "settings_changed", Who.of(actor), about)
    return gone


def sender_of_token(site: "Site", token: str) -> Sender | None:
    """The sender whose link this is; None where it is none, or an older one."""
    with site.database.read() as connection:
        for sender in Senders(site.clock).all(connection):
            if hmac.compare_digest(_token(site, sender).encode(), token.encode()):
                return sender
    return None


def prove_sender(site: "Site", sender: Sender) -> None:
    """From now on mail may come from there."""
    with site.database.write() as tx:
        found = Senders(site.clock).find(tx.connection, sender.address)
        if found is not None and found.nonce == sender.nonce:
            Senders(site.clock).keep(tx, replace(found, is_proven=True), None)


def _token(site: "Site", sender: Sender) -> str:
    return site.sealer.mark(f"sender:{sender.address}:{sender.nonce}")[:_MARK]


# Whom it is not wanted by


def opt_out_field(live: Live, opt_out: OptOut) -> tuple[str, Field] | None:
    """The module and the boolean field of now that an opt-out is of; None where they are gone."""
    for key, module in live.tables.modules.items():
        if module.table.name != opt_out.table:
            continue
        for name, columns in module.columns.items():
            field = live.catalog.modules[key].field(name)
            if field is not None and field.type == "boolean" and columns[0].name == opt_out.column:
                return key, field
    return None


def is_unwanted(live: Live, connection: Any, mail: StoredMail) -> bool:
    """Whether whom a mail is for wants no such letters by now; it stays where nobody can tell."""
    return wants_none(live, connection, OptOut(**(mail.opt_out or {})))


def wants_none(live: Live, connection: Any, opt_out: OptOut) -> bool:
    """Whether a record says by now that its person wants no such letters."""
    found = opt_out_field(live, opt_out)
    if found is None:
        return True
    module, field = found
    record = live.writer.plans.loader.load(connection, module, [opt_out.record_id]).get(opt_out.record_id)
    return record is None or bool(record[field.key])


def unsubscribe(site: "Site", opt_out: OptOut) -> bool:
    """Write into the record that its person wants no such letters. What keeps the record from being saved is
    told to administrators; then it is False.
    """
    live = site.live
    found = opt_out_field(live, opt_out)
    if found is None:
        return True
    module, field = found
    actor = replace(SYSTEM, door="unsubscribe")
    with site.database.write() as tx:
        change = Change(module, {field.key: True}, id=opt_out.record_id)
        (outcome,) = live.writer.save(tx, [change], actor, live.parsing(actor, "rest"))
    if not isinstance(outcome, Refused) or outcome.kind == "not_found":
        return True
    why = " ".join(str(each) for reasons in outcome.errors.values() for each in reasons)[:500]
    said = message("Somebody wants no letters any more, and the record could not be saved: {why}", why=why)
    key = f"unsubscribe:{opt_out.table}:{opt_out.record_id}:{opt_out.column}"
    with site.database.write() as tx:
        people = Addressed(live.tables).admins(tx.connection)
        Inbox(site.clock).tell(tx, key, people, to_json(said), (opt_out.table, opt_out.record_id))
    return False


# What goes with it


def mailed_files(site: "Site", connection: Any, ids: Sequence[int]) -> Sequence[File]:
    """The files of these ids that are still there, as far as one mail carries them."""
    found, size = [], 0
    for file_id in ids:
        kept = site.live.attachments.find(connection, SYSTEM, file_id)
        if kept is None or size + kept.size > MOST_BYTES:
            continue
        size += kept.size
        kind = kept.content_type if kept.content_type.count("/") == 1 else UNKNOWN_KIND
        found.append(File(kept.name, kind, b"".join(site.files.open(kept.sha256))))
    return found
