"""The trigger `webhook`: another system calls."""

from runtime.model.workflow import Event
from runtime.triggers.base import WEBHOOK, TriggerKind, Written


class Webhook(TriggerKind):
    """Another system calls: `{webhook: {key: orders, find: {code: order.id}, set: {name: order.title}}}`.
    The call goes to `/hooks/orders`, and is signed as Standard Webhooks are, with the secret of the same
    name or `secret`. `find` names a record by what its fields hold, `set` says what they get; a record
    that is not found is made. Without both, as in `{webhook: orders}`, the call names a record by its `id`.
    The workflow runs for it, once for each id of a call.
    """

    name = "webhook"
    says = "another system calls"
    takes = WEBHOOK
    example = "{webhook: {key: orders, set: {name: order.title}}}"

    def events(self, written: Written) -> tuple[Event, ...]:
        """See the class."""
        return ()
