"""What holds of the earlier names once all layers are merged, and the text of files with the names of now."""

from collections.abc import Iterable, Iterator, Mapping

from runtime.language.earlier.declared import Claim
from runtime.language.nodes import ListNode, MapNode, Node, Scalar
from runtime.model.earlier import Earlier

Trees = Mapping[str, Mapping[str, MapNode]]


def settled(claims: Iterable[Claim], trees: Trees) -> Earlier:
    """The earlier names of what is there in the end, and that nothing else has; the first claim wins."""
    found = Earlier({}, {}, {}, {})
    for claim in claims:
        holder = standing(claim.path, trees)
        if holder is None or claim.old not in _was(holder) or twin(claim, trees) is not None:
            continue
        now = claim.path[-1]
        match claim.path:
            case ("modules", _):
                found.modules.setdefault(claim.old, now)  # type: ignore[attr-defined]
            case ("modules", module, "fields", _):
                found.fields.setdefault((module, claim.old), now)  # type: ignore[attr-defined]
            case ("modules", module, "fields", field, "link", _):
                found.attributes.setdefault((module, field, claim.old), now)  # type: ignore[attr-defined]
            case ("picklists", picklist, "values", _):
                found.values.setdefault((picklist, claim.old), now)  # type: ignore[attr-defined]
    return found


def standing(path: tuple[str, ...], trees: Trees) -> MapNode | None:
    """What stands at a path of the merged configuration."""
    node: MapNode | None = trees.get(path[0], {}).get(path[1])
    for step in path[2:]:
        node = node.map(step) if node is not None else None
    return node


def twin(claim: Claim, trees: Trees) -> Node | None:
    """What has the earlier name still, beside what claims it."""
    if len(claim.path) == 2:
        return trees.get(claim.path[0], {}).get(claim.old)
    holder = standing(claim.path[:-1], trees)
    return holder.items.get(claim.old) if holder is not None else None


def _was(node: MapNode) -> Iterator[object]:
    written = node.get("was")
    for item in written.items if isinstance(written, ListNode) else (written,):
        if isinstance(item, Scalar):
            yield item.value
