"""Sending mail in the background. The mails are rows of their own, each with its tries: the operation only
goes from one to the next, and comes again while one of them waits.
"""

from collections.abc import Mapping

from runtime.automation.context import Context
from runtime.automation.operations.base import LaterError, Operation
from runtime.base.messages import message
from runtime.storage.mails import SENT


class SendMail(Operation):
    """Arguments: ``mails``, the ids of the mails."""

    name = "send_mail"
    title = message("Sending of mail")

    def run(self, context: Context) -> Mapping[str, object]:
        """Send those whose time it is."""
        from runtime.sites.site import Site  # here, for the site has the kinds of operations

        assert isinstance(context.site, Site)
        post, ids = context.site.post, context.arguments["mails"]
        with context.site.database.read() as connection:
            due = post.mails.due(connection, ids)
        for done, mail_id in enumerate(due):
            context.check()
            if not post.send(mail_id, context.operation.worker or ""):
                break
            context.tell(len(ids) - len(due) + done + 1, len(ids))
        with context.site.database.read() as connection:
            again = post.mails.waiting(connection, ids)
            sent = sum(mail.state == SENT for mail in post.mails.find(connection, ids))
        if again is not None:
            raise LaterError(again - context.site.clock.now())
        return {"counts": {"sent": sent}}
