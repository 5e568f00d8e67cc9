"""Paths that an address names: resolved, or refused with the parameter to blame, and held to a measure."""

from collections.abc import Iterable

from runtime.base.messages import message
from runtime.base.suggest import suggest
from runtime.model.catalog import Module, Path, SortKey
from runtime.sites.live import Live, PathError
from runtime.web.errors import RefusedError, bad_request

MOST_RELATIONS = 20
"""How many relations the paths of one request may walk through, each counted once."""

MOST_SORT_KEYS = 10
"""How many fields a list may be sorted by."""


def path_at(live: Live, module: Module, text: str, at: str) -> Path:
    """The path that ``text`` names; raises RefusedError with the parameter ``at``."""
    try:
        return live.path(module, text)
    except PathError as wrong:
        raise _refused(live, module, wrong, at) from None


def sort_at(live: Live, module: Module, text: str) -> tuple[SortKey, ...]:
    """The sort order that ``-amount,name`` names; raises RefusedError."""
    if text.count(",") >= MOST_SORT_KEYS:
        raise bad_request(message("A list is sorted by {most} fields at most.", most=MOST_SORT_KEYS), "sort")
    try:
        return live.sort_keys(module, text)
    except PathError as wrong:
        raise _refused(live, module, wrong, "sort") from None


def hold_to_measure(paths: Iterable[Path], at: str) -> None:
    """Refuse paths through so many relations that the database would have to join too many tables."""
    walked = {
        tuple(hop.key for hop in path.hops[: step + 1]) for path in paths for step in range(len(path.hops))
    }
    if len(walked) > MOST_RELATIONS:
        sentence = message("One request may walk through {most} relations at most.", most=MOST_RELATIONS)
        raise bad_request(sentence, at)


def _refused(live: Live, module: Module, wrong: PathError, at: str) -> RefusedError:
    here: Module | None = module
    for name in wrong.text.removeprefix("-").split(",")[0].split("."):
        field = here.field(name) if here is not None else None
        if field is None:
            near = suggest(name[:60], (each.key for each in here.all_fields())) if here is not None else None
            if near is None:
                break
            hint = message('{reason} Did you mean "{near}"?', reason=wrong.reason.render(), near=near)
            return bad_request(hint, at)
        here = live.catalog.modules.get(field.targets[0]) if field.targets else None
    return bad_request(wrong.reason, at)
