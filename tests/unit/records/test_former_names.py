"""The change log is read by the names of now, whatever its rows were written by."""

from types import SimpleNamespace

from runtime.model.renames import Renames
from runtime.records.former_names import FormerNames
from tests.unit.storage.small import make_catalog

CATALOG = make_catalog(
    {
        "firms": {"fields": {"name": {"type": "text"}}},
        "deals": {
            "fields": {
                "worth": {"type": "integer"},
                "phase": {"type": "picklist", "picklist": "stages"},
                "people": {
                    "type": "relations",
                    "module": "firms",
                    "link": {"part": {"type": "picklist", "picklist": "stages"}},
                },
            }
        },
    },
    {"stages": {"running": {}, "won": {}}},
)
RENAMES = (
    (2, Renames(fields={("deals", "amount"): "value_1"}, values={("stages", "open"): "begun"})),
    (4, Renames({"offers": "firms"}, {("offers", "x"): "name"})),
    (5, Renames(fields={("deals", "value_1"): "worth"}, values={("stages", "begun"): "running"},
                attributes={("deals", "people", "role"): "part"}, merged={("stages", "big"): "won"})),
)  # fmt: skip


def entry(revision, **values):
    known = {"module": "deals", "revision_id": revision, **values}
    return SimpleNamespace(_mapping=known, **known)


def test_keys_and_values_are_followed_from_the_revision_they_were_written_under():
    former = FormerNames(CATALOG, RENAMES)
    (old,) = former.now(
        [entry(1, old={"amount": 5}, new={"amount": 6, "phase": "open"}, causes={"amount": "x"})]
    )
    assert (old.old, old.new, old.causes) == (
        {"worth": 5},
        {"worth": 6, "phase": "running"},
        {"worth": "x"},
    )
    (later,) = former.now([entry(4, old=None, new={"value_1": 6, "phase": "big"})])
    assert later.new == {"worth": 6, "phase": "won"}
    (linked,) = former.now([entry(4, old=None, new={"people": [{"id": 1, "role": "begun"}, 2]})])
    assert linked.new == {"people": [{"id": 1, "part": "running"}, 2]}


def test_a_row_of_a_renamed_module_is_of_the_module_of_now():
    (found,) = FormerNames(CATALOG, RENAMES).now([entry(3, module="offers", old=None, new={"x": "y"})])
    assert (found.module, found.new) == ("firms", {"name": "y"})


def test_what_was_written_since_stays_as_it_is():
    now = entry(5, old=None, new={"worth": 1, "amount": 2})
    assert FormerNames(CATALOG, RENAMES).now([now]) == [now]
    assert FormerNames(CATALOG).now([now]) == [now]
