"""Mentions: the names that the resolver has met, each with its place and what it means."""

from dataclasses import dataclass

from runtime.language.nodes import Node
from runtime.language.shape import Path
from runtime.model.catalog import Expression
from runtime.model.catalog import Path as FieldPath
from runtime.model.uses import Thing


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at its place. What is ``meant`` begins behind so many ``skipped`` characters of the scalar.

    ``does`` is what it does to a thing (:data:`runtime.model.uses.DOES`); '' where the place says it.
    """

    path: Path
    node: Node
    meant: Expression | FieldPath | Thing
    does: str = ""
    skipped: int = 0


def thing_at(path: Path) -> Thing | None:
    """The thing that a place of the configuration is about; None for a place that names none."""
    match path:
        case ("modules", module):
            return Thing("module", module)
        case ("modules", module, "fields", field, *_):
            return Thing("field", f"{module}.{field}")
        case ("picklists", picklist):
            return Thing("picklist", picklist)
        case ("picklists", picklist, "values", value, *_):
            return Thing("value", f"{picklist}.{value}")
        case ("filters", module, filter_, *_):
            return Thing("filter", f"{module}.{filter_}")
        case ("roles", role, *_):
            return Thing("role", role)
        case ("profiles", profile, *_):
            return Thing("profile", profile)
    return None
