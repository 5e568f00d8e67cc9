"""A sealed plan: a file that somebody made, others review, and that is applied exactly as it is, or not at
all.

It carries the text of every file of every layer, so that it is applied without the pack's folder; what the
plan rests on, with the database's structure, so that it can say what has moved; and what it does, for whoever
reads it. Its seal is a digest of everything else in it. That shows damage and edits; it is no signature, for
whoever may apply a plan may apply another one.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import runtime
from runtime.change.basis import Basis
from runtime.change.drift import drift
from runtime.change.plan import Plan
from runtime.change.revisions import Entry
from runtime.language.packs import LayerFiles
from runtime.model.catalog import Layer
from runtime.storage.structure import Structure

FORMAT = 1
"""The version of the file's own form."""
LARGEST = 64 << 20
"""The most bytes of a plan's file that are read."""


class PlanFileError(Exception):
    """The file is no plan, or not as it was written; the sentence says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A plan as its file has it. ``identity`` is the database it was made for, 0 where that had none yet."""

    basis: Basis
    identity: int
    layers: tuple[LayerFiles, ...]
    program: str
    made_at: str
    made_by: str | None

    def moved(self, plan: Plan, since: Sequence[Entry]) -> tuple[str, ...]:
        """What is not as it was when the plan was made; nothing while it holds. ``plan`` is a new one, made
        of the same text, and ``since`` are the newest revisions.
        """
        if self.identity and plan.identity and self.identity != plan.identity:
            return ("The plan was made for another database.",)
        told = drift(self.basis, plan.basis, since)
        if self.basis.target_hash != plan.target_hash and self.program != runtime.__version__:
            which = f"Trellis {self.program} made the plan, and this is Trellis {runtime.__version__}."
            return (which, *told)
        return told


def sealed(
    plan: Plan, report: Mapping[str, Any], layers: Sequence[LayerFiles], at: datetime, by: str | None
) -> str:
    """The file of a plan. ``report`` is what it says of itself to programs."""
    content = {
        **{key: value for key, value in report.items() if key != "seal"},
        "format": FORMAT,
        "trellis": runtime.__version__,
        "made_at": at.isoformat(),
        "made_by": by,
        "base_hash": plan.base_hash,
        "database": {"id": str(plan.identity), "tables": plan.structure.to_json()},
        "layers": [
            {
                "name": each.layer.name,
                "title": each.layer.title,
                "version": each.layer.version,
                "folder": each.layer.folder,
                "files": dict(each.files),
            }
            for each in layers
        ],
    }
    return json.dumps({**content, "seal": _seal(content)}, indent=1, ensure_ascii=False) + "\n"


def read_sealed(content: bytes) -> Sealed:
    """The plan of a file. Raises :class:`PlanFileError`."""
    if len(content) > LARGEST:
        raise PlanFileError(f"It has {len(content):,} bytes, and no plan has more than {LARGEST:,}.")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise PlanFileError("It is no JSON: it is damaged, or not a plan at all.") from None
    if not isinstance(found, dict) or "seal" not in found or "format" not in found:
        raise PlanFileError("It is not a plan that trellis plan -o has written.")
    if found["format"] != FORMAT:
        raise PlanFileError("Another version of Trellis wrote it, in another form: make a new plan.")
    if _seal({key: value for key, value in found.items() if key != "seal"}) != found["seal"]:
        raise PlanFileError(
            "Its seal does not match what is in it: somebody has changed it. Make a new plan."
        )
    try:
        return _sealed_of(found)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise PlanFileError("It is not a plan that trellis plan -o has written.") from None


def _sealed_of(found: Mapping[str, Any]) -> Sealed:
    structure = Structure.from_json(found["database"]["tables"])
    whats = tuple(step["what"] for step in found["steps"])
    return Sealed(
        Basis(found["base"], found["base_hash"], found["target"], structure, whats),
        int(found["database"]["id"]),
        tuple(_layer(each) for each in found["layers"]),
        found["trellis"],
        found["made_at"],
        found["made_by"],
    )


def _layer(found: Mapping[str, Any]) -> LayerFiles:
    layer = Layer(found["name"], found["title"], found["version"], found["folder"])
    files: dict[str, str] = found["files"]
    if not all(isinstance(text, str) for text in files.values()):
        raise TypeError
    return LayerFiles(layer, MappingProxyType(files))


def _seal(content: Mapping[str, Any]) -> str:
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()
