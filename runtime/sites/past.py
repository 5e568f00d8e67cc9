"""The past of a site: what each revision has changed for people, told once in a process."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from runtime.change.people import Changes
from runtime.change.people.telling import tell
from runtime.change.renames import renames_between
from runtime.change.revisions import Revision, read_revision
from runtime.language.kinds.workflows import WorkflowsKind
from runtime.language.load import load_sources
from runtime.language.packs import LayerFiles
from runtime.model.catalog import Catalog
from runtime.model.workflow import Workflow

if TYPE_CHECKING:
    from runtime.sites.site import Site

FOLDER = WorkflowsKind.folder
REMEMBERED = 64
"""Of so many revisions it is remembered; one costs the loading of two configurations."""


class Past:
    """Tells what a revision has changed, in sentences by topic."""

    def __init__(self, site: "Site") -> None:
        self._site = site
        self.told = lru_cache(maxsize=REMEMBERED)(self._told)
        self._former = lru_cache(maxsize=REMEMBERED)(self._former_workflow)

    def catalog(self, revision: Revision) -> Catalog | None:
        """The catalog of a revision; None where this version of the program cannot read its text."""
        live = self._site.live
        if (live.revision, live.catalog.hash) == (revision.number, revision.hash):
            return live.catalog
        shop = self._site.workshop
        return load_sources(
            revision.layers, types=shop.types, checks=shop.checks, language=shop.language
        ).catalog

    def workflow(self, live: int, key: str, digest: str, revision: int | None) -> Workflow | None:
        """A workflow as a revision had it, over all else that the one which is served has; None where it is
        not to be found, or does not fit any more.
        """
        found = None if revision is None else self._former(live, key, revision)
        return found if found is not None and found.digest == digest else None

    def _former_workflow(self, live: int, key: str, revision: int) -> Workflow | None:
        try:
            with self._site.database.read() as connection:
                before, now = read_revision(connection, revision), read_revision(connection, live)
        except KeyError:
            return None
        name, shop = file_of(key), self._site.workshop
        then = _counterparts(before, now)
        texts = {key: each.files.get(name) for key, each in then.items()}
        layers = [
            replace(each, files=_with(each.files, name, texts.get(each.layer.name))) for each in now.layers
        ]
        loaded = load_sources(layers, types=shop.types, checks=shop.checks, language=shop.language)
        return loaded.catalog.procedures.get(key) if loaded.catalog is not None else None

    def _told(self, number: int) -> Changes | None:
        """What a revision has changed for people since the one before it; None where one of the two cannot be
        read any more. Raises KeyError where one of them is not there.
        """
        with self._site.database.read() as connection:
            before, after = read_revision(connection, number - 1), read_revision(connection, number)
            renames = renames_between(connection, number - 1, number)
        was, now = self.catalog(before), self.catalog(after)
        return None if was is None or now is None else tell(was, now, renames)


def file_of(procedure: str) -> str:
    """The file of a pack in which a procedure is written, by the key that runs keep."""
    kind, colon, key = procedure.partition(":")
    if not colon:
        return f"{FOLDER}/{procedure}.yaml"
    return f"schemas/{kind}s/{key.partition('.')[0]}.yaml"


def _counterparts(before: Revision, now: Revision) -> dict[str, LayerFiles]:
    """The layers of a revision, by what they are called in another one: a pack may lie in another folder now,
    and a layer is called like its folder.
    """
    then = {each.layer.name: each for each in before.layers}
    here = {each.layer.name for each in now.layers}
    gone = (each for each in before.layers if each.layer.name not in here)
    new = (each.layer.name for each in now.layers if each.layer.name not in then)
    return {**then, **dict(zip(new, gone, strict=False))}


def _with(files: Mapping[str, str], name: str, text: str | None) -> Mapping[str, str]:
    """A layer's files with another text of one of them, or without it."""
    others = {path: each for path, each in files.items() if path != name}
    return others if text is None else {**others, name: text}
