"""Noticing: what stands in people's inboxes is mailed to those who want it so, once."""

from collections.abc import Sequence
from datetime import timedelta

from runtime.automation.place import Place, Snapshot, people_of
from runtime.base.messages import from_json, message
from runtime.identity.people import Person
from runtime.model.letters import Letter
from runtime.storage.inbox import Inbox, Notification

PAGE = 200
LONGEST_SUBJECT = 150
OLD = timedelta(days=1)
"""What has waited longer is no news any more: it was told before anybody could want it by mail."""
WHY = message("You get this because you want notifications by mail too; My profile ends it.")


def mail_notices(site: Place) -> int:
    """Mail what is new; says how many words were looked at."""
    inbox, count = Inbox(site.clock), 0
    while True:
        with site.database.read() as connection:
            found = inbox.unmailed(connection, PAGE)
        if not found:
            return count
        live = site.live
        with site.database.write() as tx:
            people = people_of(live).of(tx.connection, list({each.user_id for each in found}))
            wanting = {each.id: each for each in people if each.notice_mail}
            fresh = [each for each in found if each.created_at > site.clock.now() - OLD]
            letters = [
                letter(site, live, wanting[each.user_id], each) for each in fresh if each.user_id in wanting
            ]
            if letters:
                site.post.put(tx, letters)
            inbox.mark_mailed(tx, [each.id for each in found])
        count += len(found)


def letter(site: Place, live: Snapshot, person: Person, notice: Notification) -> Letter:
    """What the mail about a word says, in the language of whom it is for."""
    say = site.translate(person.language)
    said = from_json(notice.text).render(say, person.language)
    lines: Sequence[str] = (said, address_of(site, live, notice), "-- \n" + WHY.render(say, person.language))
    text = "\n\n".join(filter(None, lines)) + "\n"
    subject = " ".join(said.split())[:LONGEST_SUBJECT]
    return Letter(f"notice:{notice.id}", "notice", person.email, subject, text)


def address_of(site: Place, live: Snapshot, notice: Notification) -> str:
    """Where a word leads."""
    for key, module in live.tables.modules.items():
        if notice.record_id is not None and module.table.name == notice.about and not notice.address:
            return f"{site.post.url}/app/{key}/{notice.record_id}"
    return f"{site.post.url}{notice.address}" if notice.address else f"{site.post.url}/notifications"
