"""The draft: a configuration on its way to a catalog. The resolver fills it and notes facts; the checks
look at it.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from runtime.base.diagnostic import Diagnostic, Severity, Span
from runtime.base.registry import Registry
from runtime.expressions.language import Language
from runtime.expressions.scope import Scope
from runtime.fields.base import FieldType
from runtime.language.earlier.declared import Claim
from runtime.language.earlier.following import Use
from runtime.language.mentions import Mention
from runtime.language.nodes import MapNode, Node, walk
from runtime.language.shape import Path, dotted, rooted
from runtime.model.access import Access, Role
from runtime.model.approval import Approval
from runtime.model.catalog import (
    Expression,
    Field,
    Filter,
    Layout,
    MenuGroup,
    Module,
    Origin,
    Picklist,
    StartRecord,
)
from runtime.model.catalog import Path as FieldPath
from runtime.model.earlier import NOTHING, Earlier
from runtime.model.job import Job
from runtime.model.letters import DocumentTemplate, LetterTemplate
from runtime.model.tool import Tool
from runtime.model.uses import Thing
from runtime.model.workflow import Workflow

WORD = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the resolver could not make sense of; the check of this ``kind`` makes a diagnostic of it.

    ``known`` are the names that would have done; ``about`` says more in the kind's own terms.
    """

    kind: str
    written: str
    span: Span
    path: Path
    known: Collection[str] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class PackSettings:
    """What ``pack.yaml`` says, with the defaults."""

    languages: tuple[str, ...] = ("en",)
    currency: str = "EUR"
    timezone: str = "UTC"
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    constants: Mapping[str, object] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


class Draft:
    """Everything known while a configuration is resolved. ``trees`` are the sound parts, by kind and key."""

    def __init__(self, types: Registry[FieldType], language: Language) -> None:
        self.types = types
        self.language = language
        self.trees: dict[str, dict[str, MapNode]] = {}
        self.files: dict[str, set[str]] = {}
        self.broken: set[Path] = set()
        self.broken_words: set[str] = set()
        self.taken_out: dict[tuple[str, str], Span] = {}
        self.is_blind = False
        self.top_layer = ""
        self.system: set[str] = set()
        self.pack = PackSettings()
        self.picklists: dict[str, Picklist] = {}
        self.modules: dict[str, Module] = {}
        self.layouts: dict[str, Layout] = {}
        self.filters: dict[str, dict[str, Filter]] = {}
        self.menu: tuple[MenuGroup, ...] = ()
        self.roles: dict[str, Role] = {}
        self.access = Access()
        self.data: tuple[StartRecord, ...] = ()
        self.letters: dict[str, LetterTemplate] = {}
        self.documents: dict[str, DocumentTemplate] = {}
        self.workflows: dict[str, Workflow] = {}
        self.tool_inputs: dict[str, dict[str, dict[str, Field]]] = {}
        self.tools: dict[str, dict[str, Tool]] = {}
        self.jobs: dict[str, Job] = {}
        self.approvals: dict[str, Approval] = {}
        self.computed: tuple[tuple[str, str], ...] = ()
        self.facts: list[Fact] = []
        self.mentions: list[Mention] = []
        self.found: list[Diagnostic] = []
        self.claims: list[Claim] = []
        self.earlier: Earlier = NOTHING
        self.uses: list[Use] = []

    def procedures(self) -> dict[str, Workflow]:
        """All that runs do, by the keys that they keep."""
        tools = (tool.procedure for of_module in self.tools.values() for tool in of_module.values())
        jobs = (job.procedure for job in self.jobs.values())
        approvals = (approval.procedure for approval in self.approvals.values())
        return {**self.workflows, **{each.key: each for each in (*tools, *jobs, *approvals)}}

    def asking(self) -> dict[str, frozenset[str]]:
        """The procedures of each module that ask for approval."""
        found: dict[str, set[str]] = {}
        for key, procedure in self.procedures().items():
            if any(step.kind == "approval" for step in procedure.all_steps()):
                found.setdefault(procedure.module, set()).add(key)
        return {module: frozenset(keys) for module, keys in found.items()}

    def of_kind(self, kind: str) -> Iterator[Fact]:
        """The facts that one check reports."""
        return (fact for fact in self.facts if fact.kind == kind)

    def note(
        self,
        kind: str,
        written: str,
        at: Node | Span,
        path: Path,
        known: Collection[str] = (),
        about: str = "",
    ) -> None:
        """Note something that cannot be made sense of."""
        self.facts.append(Fact(kind, written, at if isinstance(at, Span) else at.span, path, known, about))

    def mention(
        self,
        path: Path,
        at: Node | None,
        meant: Expression | FieldPath | Thing,
        does: str = "",
        skipped: int = 0,
    ) -> None:
        """Remember that something is named at a place, for where-used."""
        if at is not None:
            self.mentions.append(Mention(path, at, meant, does, skipped))

    def tree(self, kind: str, key: str) -> MapNode | None:
        """The tree of a key, if it is sound."""
        return self.trees.get(kind, {}).get(key)

    def single(self, kind: str) -> MapNode | None:
        """The tree of a kind that has one file."""
        return self.tree(kind, kind)

    def is_written(self, kind: str, key: str) -> bool:
        """Whether there is a file of this key, sound or not."""
        return key in self.files.get(kind, ())

    def is_broken(self, *path: str) -> bool:
        """Whether a piece, or what it lies in, is unsound; nothing more is said about what refers to it."""
        whole = rooted(path)
        return any(whole[: length + 1] in self.broken for length in range(1, len(whole)))

    def node(self, path: Path) -> Node | None:
        """The node at a place of the configuration, or the last one on the way there."""
        kind, key, *steps = rooted(path)
        tree = self.tree(kind, key)
        return walk(tree, steps) if tree is not None else None

    def span(self, path: Path, *, key: bool = False) -> Span:
        """The place of a node, or with ``key`` of its key; the file's beginning when it is not written
        anywhere.
        """
        path = rooted(path)
        if key and len(path) > 2:
            parent = self.node(path[:-1])
            if isinstance(parent, MapNode) and path[-1] in parent.keys:
                return parent.keys[path[-1]].span
        node = self.node(path)
        if node is None:
            return Span.point("pack.yaml")
        if len(path) <= 2:
            return Span.point(node.source.name)
        return node.span

    def origin(self, node: Node | None) -> Origin:
        """Where a thing was written."""
        if node is None:
            return Origin(self.top_layer, Span.point("pack.yaml"))
        return Origin(node.source.layer, node.span)

    def scope(
        self,
        module: str,
        this: str | None = None,
        *,
        database: bool = False,
        saving: bool = False,
        personal: bool = True,
    ) -> Scope:
        """What an expression about a module may name; with ``database`` it must be SQL too, ``saving`` is
        while a record is saved, and without ``personal`` nobody in particular asks.
        """
        return Scope(
            self.modules,
            self.picklists,
            module,
            this,
            constants=self.pack.constants,
            language=self.pack.languages[0],
            database=database,
            saving=saving,
            personal=personal,
            earlier=self.earlier,
        )

    def is_excused(self, text: str) -> bool:
        """Whether an expression names something that was refused elsewhere, so that its own errors say
        nothing new.
        """
        return bool(self.broken_words) and not self.broken_words.isdisjoint(WORD.findall(text))


def diagnostic(
    code: str,
    message: str,
    span: Span,
    path: Path = (),
    help: str = "",
    *,
    is_warning: bool = False,
    related: tuple[Span, ...] = (),
) -> Diagnostic:
    """A diagnostic of the draft, its path dotted."""
    severity = Severity.WARNING if is_warning else Severity.ERROR
    return Diagnostic(code, message, span, dotted(path), help, severity, related)
