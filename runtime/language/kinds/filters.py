"""The kind ``filters``: the saved lists of a module."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import (
    EXPRESSION,
    KEY,
    LABEL,
    PATHS,
    SORT,
    Definition,
    Kind,
    closed,
    described,
    map_of,
    one_of,
    ref,
)

LATER_VIEWS = ("kanban", "calendar")
"""The views that the language has and this version does not."""


class FiltersKind(Kind):
    """``schemas/filters/<module>.yaml``."""

    name = "filters"
    folder = "schemas/filters"
    title = "The filters of a module: schemas/filters/<module>.yaml"
    names_in_texts = MappingProxyType(
        {
            "*.columns.#": "path",
            "*.sort.#": "sort",
            "*.quick.#": "path",
            "*.remind": "path",
        }
    )

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The file, a map of filters, and one filter."""
        return MappingProxyType(
            {
                "filters": Definition(map_of(ref("filter"))),
                "filter": Definition(
                    closed(
                        {
                            "label": described(LABEL, "What people call it."),
                            "where": described(EXPRESSION, "Which records; all when left out."),
                            "columns": described(PATHS, "Its columns; the layout's list when left out."),
                            "sort": described(SORT, "Its order; - before a field reverses it."),
                            "quick": described(PATHS, "The fields one may filter by with a click."),
                            "remind": described(
                                KEY,
                                "The date of which whoever owns a record that it finds is reminded, and by "
                                "which it stands in their daily mail.",
                            ),
                            "view": described(one_of("list"), "How it is drawn."),
                        }
                    ),
                    later=MappingProxyType({"kpis": "N111"}),
                    later_values=MappingProxyType({"view": dict.fromkeys(LATER_VIEWS, "N110")}),
                ),
            }
        )
