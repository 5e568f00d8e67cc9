"""The folder that a site was started with, as it is now, beside what is served."""

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.language.load import Loaded
from runtime.language.packs import LayerFiles, stack

if TYPE_CHECKING:
    from runtime.sites.site import Site


@dataclass(frozen=True, slots=True)
class Look:
    """What the folder says now. ``differs`` tells whether it is another configuration than the one that is
    served, and ``is_broken`` that it has errors.
    """

    pack: Path
    loaded: Loaded
    differs: bool

    @property
    def is_broken(self) -> bool:
        """Whether it cannot be applied."""
        return self.loaded.catalog is None


class Folder:
    """Loads the folder anew only where its text has changed: to read the text costs milliseconds."""

    def __init__(self, site: "Site") -> None:
        self._site = site
        self._turn = threading.Lock()
        self._last: tuple[str, Loaded] | None = None

    def look(self) -> Look | None:
        """The folder as it is now; None where the site was started without one."""
        site = self._site
        if site.pack is None:
            return None
        layers, _ = stack(site.pack, site.packs)
        live = site.live
        mark = _mark(live.revision, layers)
        with self._turn:
            if self._last is None or self._last[0] != mark:
                self._last = mark, site.load_pack()
            loaded = self._last[1]
        differs = loaded.catalog is not None and loaded.catalog.hash != live.catalog.hash
        return Look(site.pack, loaded, differs)


def _mark(revision: int, layers: list[LayerFiles]) -> str:
    """A digest of all that the folder's configuration is made of; the site's own layer is the revision's."""
    digest = hashlib.sha256(str(revision).encode())
    for each in layers:
        digest.update(repr((each.layer, sorted(each.files.items()))).encode())
    return digest.hexdigest()
