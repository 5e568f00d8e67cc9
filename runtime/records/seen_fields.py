"""Which fields of which records somebody sees, for what is told beside the one query: the change log."""

from sqlalchemy import Connection

from runtime.expressions.moment import Moment
from runtime.identity.actor import Actor
from runtime.model.catalog import Catalog
from runtime.records.access import Judge
from runtime.storage.query import Query
from runtime.storage.reader import Reader


class SeenFields:
    """Asks once for each record and each field that is seen of some records alone."""

    def __init__(
        self,
        seen: Catalog | None,
        judge: Judge,
        reader: Reader,
        connection: Connection,
        actor: Actor,
        moment: Moment,
    ) -> None:
        """``seen`` is the catalog as the actor sees it; None for one who sees everything."""
        self._seen = seen
        self._judge = judge
        self._reader = reader
        self._connection = connection
        self._actor = actor
        self._moment = moment
        self._known: dict[tuple[str, int, str], bool] = {}

    def sees(self, module: str, record_id: int, field: str) -> bool:
        """Whether the actor sees a field of a record, as the record stands now."""
        if self._seen is None:
            return True
        own = self._seen.modules.get(module)
        if own is None or own.field(field) is None:
            return False
        if not self._judge.may(self._actor, module, "read", field=field).allowed:
            return False
        condition = self._judge.field_condition(self._actor, module, field, "read")
        if condition is None:
            return True
        place = (module, record_id, condition.text)
        if place not in self._known:
            query = Query(module, rights=(condition,), ids=(record_id,), deleted="any", limit=1)
            self._known[place] = bool(self._reader.page(self._connection, query, self._moment).rows)
        return self._known[place]
