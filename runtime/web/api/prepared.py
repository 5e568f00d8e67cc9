"""What the API makes of a snapshot once, for every request: the shapes of answers, and its own document."""

from dataclasses import replace
from types import MappingProxyType

from runtime.identity.actor import Actor
from runtime.model.catalog import Catalog
from runtime.sites.live import Live
from runtime.web.api.answers import to_bytes
from runtime.web.api.openapi import document
from runtime.web.api.shape import Shapes

Offered = tuple[frozenset[str], frozenset[tuple[str, str]]]
"""The modules and the tools that somebody may look at and use."""

DOCUMENTS = 50
"""So many documents are kept; then all are forgotten, for those in use come back at once."""


class Prepared:
    """The API's side of one snapshot. Threads may share it: what two make at once is the same."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.shapes = Shapes(live)
        self._documents: dict[Offered, bytes] = {}

    def openapi(self, actor: Actor) -> bytes:
        """The OpenAPI document of what the actor may look at and use; made once for all who may the same."""
        offered = self._offered(actor)
        found = self._documents.get(offered)
        if found is None:
            if len(self._documents) >= DOCUMENTS:
                self._documents.clear()
            found = to_bytes(document(_with(self.live.catalog, offered), self.live.types))
            self._documents[offered] = found
        return found

    def _offered(self, actor: Actor) -> Offered:
        catalog, judge = self.live.catalog, self.live.judge
        tools = {(module, key) for module, them in catalog.tools.items() for key in them}
        tools |= {(each.module, each.key) for each in catalog.workflows.values() if each.by_hand}
        return (
            frozenset(key for key in catalog.modules if judge.may(actor, key, "read").allowed),
            frozenset((module, key) for module, key in tools if judge.tool(actor, module, key)),
        )


def _with(catalog: Catalog, offered: Offered) -> Catalog:
    # The catalog without the modules and the tools that are not for the actor.
    modules, tools = offered
    workflows = catalog.workflows.items()
    return replace(
        catalog,
        modules=MappingProxyType({key: each for key, each in catalog.modules.items() if key in modules}),
        tools=MappingProxyType(
            {
                module: MappingProxyType({key: each for key, each in them.items() if (module, key) in tools})
                for module, them in catalog.tools.items()
            }
        ),
        workflows=MappingProxyType({key: each for key, each in workflows if (each.module, key) in tools}),
    )
