"""The Catalog: everything a configuration says, resolved, checked and immutable."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as fresh
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from runtime.base.diagnostic import Span
from runtime.model.access import Access, Role
from runtime.model.approval import Approval
from runtime.model.computed import Computed
from runtime.model.conversion import Conversion
from runtime.model.dynamics import Dynamics
from runtime.model.earlier import NOTHING, Earlier
from runtime.model.job import Job
from runtime.model.label import Label
from runtime.model.letters import DocumentTemplate, LetterTemplate
from runtime.model.tool import Tool
from runtime.model.types import ValueType
from runtime.model.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a thing of the catalog was written: the layer (a pack's folder name, ``system``, ``site``) and
    the place.
    """

    layer: str
    span: Span


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of the configuration, parsed and typed. ``tree`` belongs to the room ``expressions``.

    Virtual fields stand in ``tree`` with their own trees; ``written`` is the tree that names them.
    ``earlier``
    are the stretches of the text that are earlier names, each with its start, its end and the name of now.
    """

    text: str
    span: Span
    type: ValueType
    tree: Any
    written: Any = fresh(default=None, compare=False, repr=False)
    earlier: tuple[tuple[int, int, str], ...] = fresh(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a module. ``settings`` are its type's own, complete with defaults; ``default`` is
    canonical. ``parts`` are what it is made of, where paths may name them: each has a column of its own.
    ``computed`` is how its value is worked out, where nobody writes it; ``conversion`` where its values come
    from when a change makes the field what it is.
    """

    key: str
    module: str
    type: str
    label: Label
    value_type: ValueType
    origin: Origin
    help: Label | None = None
    settings: Mapping[str, Any] = fresh(default_factory=lambda: MappingProxyType({}))
    required: bool = False
    unique: bool = False
    index: bool = False
    readonly: bool = False
    search: bool = False
    log: bool = True
    pii: bool = False
    mass_edit: bool = True
    default: object = None
    system: bool = False
    parts: "Mapping[str, Field]" = fresh(default_factory=lambda: MappingProxyType({}))
    computed: Computed | None = None
    conversion: Conversion | None = None

    @property
    def is_virtual(self) -> bool:
        """Whether it has no columns, and is worked out where it is read."""
        return self.computed is not None and not self.computed.is_stored

    @property
    def whole(self) -> str:
        """The key of the field itself; a part of one (``address.city``) is named behind its dot."""
        return self.key.partition(".")[0]

    @property
    def targets(self) -> tuple[str, ...]:
        """The modules that this field's records belong to; () for a field that points at none."""
        modules: tuple[str, ...] = self.settings.get("modules", ())
        return modules


@dataclass(frozen=True, slots=True)
class Path:
    """A resolved path such as ``account.industry``: the relations to walk, then the field to read.

    ``fields`` has every step in order; all but the last are to-one relations. ``attribute`` is an attribute
    of the
    last step's picklist (``stage.probability``), or None.
    """

    text: str
    fields: tuple[Field, ...]
    attribute: str | None = None

    @property
    def field(self) -> Field:
        """The field that is read at the end."""
        return self.fields[-1]

    @property
    def hops(self) -> tuple[Field, ...]:
        """The relations that are walked to get there."""
        return self.fields[:-1]


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of a sort order. Empties come last, both ways."""

    path: Path
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Collection:
    """Several records that hang on one: the inverse of a relation, rows, or the links of a ``relations``
    field.

    ``kind`` is ``inverse`` (records of ``target`` whose relation ``via`` points here), ``rows`` (child
    records of
    ``target``, whose ``parent`` is here), ``links`` (this module's own ``relations`` field ``via``) or
    ``linked``
    (the other side of ``target``'s ``relations`` field ``via``).
    """

    key: str
    module: str
    kind: str
    target: str
    via: str
    label: Label
    origin: Origin


@dataclass(frozen=True, slots=True)
class Title:
    """What a record is called: texts and paths in turn (``("", first_name), (" ", last_name)``) and a last
    text.
    """

    parts: tuple[tuple[str, Path], ...]
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Numbering:
    """The pattern of a record's number. ``reset`` is ``never``, ``year`` or ``month``."""

    format: str
    reset: str = "never"
    gapless: bool = False


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """How two records of a module are told to be one thing, written twice.

    They are alike when they are so in all of ``fields``, parts of composite fields among them; ``fuzzy`` is
    what part of a text's letters must agree. It ``refuses``, or else warns.
    """

    fields: tuple[str, ...]
    fuzzy: Decimal
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class Module:
    """A record type. ``fields`` are the pack's, in order; ``record_fields`` are what every record has by
    itself. ``choosable`` says by field and by module which records the field may point at: there ``this`` is
    the record of this module. ``dynamics`` is what a save does by itself. ``together_at`` says where the
    groups of ``indexes`` and of ``unique`` are written.
    """

    key: str
    label: Label
    plural: Label
    icon: str
    title: Title
    fields: Mapping[str, Field]
    record_fields: Mapping[str, Field]
    origin: Origin
    numbering: Numbering | None = None
    search: tuple[Path, ...] = ()
    collections: Mapping[str, Collection] = fresh(default_factory=lambda: MappingProxyType({}))
    indexes: tuple[tuple[str, ...], ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    together_at: Mapping[tuple[str, ...], Span] = fresh(default_factory=lambda: MappingProxyType({}))
    duplicates: tuple[DuplicateRule, ...] = ()
    choosable: Mapping[str, Mapping[str, Expression]] = fresh(default_factory=lambda: MappingProxyType({}))
    dynamics: Dynamics = fresh(default_factory=Dynamics)
    parent: str | None = None
    parent_key: str | None = None
    system: bool = False

    def field(self, key: str) -> Field | None:
        """A field by its key, the record's own included; None when there is none."""
        return self.fields.get(key) or self.record_fields.get(key)

    def all_fields(self) -> Iterator[Field]:
        """Every field: the pack's, then the record's own."""
        yield from self.fields.values()
        yield from self.record_fields.values()

    def rows(self) -> Iterator[Collection]:
        """The collections that are edited inside the card, in order."""
        return (collection for collection in self.collections.values() if collection.kind == "rows")


@dataclass(frozen=True, slots=True)
class PicklistValue:
    """One value of a picklist. ``attributes`` has its ``kind`` and every extra attribute; a missing one is
    None.

    ``next`` are the values that may follow it and ``roles`` those who may choose it; None where any may.
    """

    key: str
    label: Label
    color: str | None
    attributes: Mapping[str, Any]
    origin: Origin
    next: tuple[str, ...] | None = None
    roles: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Picklist:
    """A list of values that carry meaning. ``attribute_types`` tells each extra attribute's type."""

    key: str
    values: Mapping[str, PicklistValue]
    attribute_types: Mapping[str, ValueType]
    origin: Origin
    label: Label = fresh(default_factory=lambda: Label.of(""))


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a card. ``kind`` is ``fields``, ``rows``, ``related`` or ``component``.

    ``fields`` are the paths of a block of fields; ``collection`` is the key of what ``rows`` or ``related``
    shows, with
    its ``columns_shown``, ``where``, ``sort`` and ``actions``; ``component`` is a component's name.
    """

    key: str
    kind: str
    label: Label
    origin: Origin
    columns: int = 2
    fields: tuple[Path, ...] = ()
    collection: str | None = None
    columns_shown: tuple[Path, ...] = ()
    where: Expression | None = None
    sort: tuple[SortKey, ...] = ()
    actions: tuple[str, ...] = ()
    component: str | None = None
    settings: Mapping[str, Any] = fresh(default_factory=lambda: MappingProxyType({}))
    when: Expression | None = None
    collapsed: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of a card: its blocks in order."""

    key: str
    label: Label
    blocks: tuple[Block, ...]
    origin: Origin
    icon: str | None = None
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How a module's records are shown: the card, the dialog for a new one, the quick view, the list."""

    module: str
    process: Field | None
    header: tuple[Path, ...]
    tabs: tuple[Tab, ...]
    side: tuple[Block, ...]
    create: tuple[Path, ...]
    quick_view: tuple[Path, ...]
    list: tuple[Path, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Filter:
    """A saved list of a module. ``remind`` is the date of which owners of what it finds are reminded."""

    key: str
    module: str
    label: Label
    where: Expression | None
    columns: tuple[Path, ...]
    sort: tuple[SortKey, ...]
    quick: tuple[Path, ...]
    origin: Origin
    remind: Field | None = None


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the menu: a module, or one of its filters."""

    module: str
    filter: str | None
    label: Label
    icon: str


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """A titled part of the menu; with ``profiles`` it is in the menu of those who hold one of them."""

    key: str
    label: Label
    icon: str | None
    items: tuple[MenuItem, ...]
    origin: Origin
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StartRecord:
    """A record that the pack brings to a new database.

    ``values`` are canonical, by field, and tuples of such for rows; but where a field points at a record,
    the ``number`` of another start record stands in the place of its id. ``points_at`` has all these
    numbers, and ``places`` where each value was written.
    """

    number: int
    module: str
    values: Mapping[str, object]
    points_at: frozenset[int]
    origin: Origin
    places: Mapping[str, Span]


@dataclass(frozen=True, slots=True)
class Layer:
    """One pack among those a configuration is stacked of, lowest first."""

    name: str
    title: str
    version: str
    folder: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """A whole configuration. ``sources`` has every file's text by its name; ``hash`` tells two apart.

    ``data`` are the records to start with, those that are pointed at before those that point, except in a
    circle. ``computed`` are all stored computed fields as (module, field), each behind those that it reads.
    ``earlier`` are the names that things had.
    """

    title: Label
    version: str
    layers: tuple[Layer, ...]
    languages: tuple[str, ...]
    currency: str
    timezone: str
    rates: Mapping[str, Decimal]
    constants: Mapping[str, object]
    modules: Mapping[str, Module]
    picklists: Mapping[str, Picklist]
    layouts: Mapping[str, Layout]
    filters: Mapping[str, Mapping[str, Filter]]
    menu: tuple[MenuGroup, ...]
    roles: Mapping[str, Role]
    sources: Mapping[str, str]
    hash: str
    settings: Mapping[str, Any] = fresh(default_factory=lambda: MappingProxyType({}))
    data: tuple[StartRecord, ...] = ()
    computed: tuple[tuple[str, str], ...] = ()
    earlier: Earlier = NOTHING
    access: Access = fresh(default_factory=Access)
    workflows: Mapping[str, Workflow] = fresh(default_factory=lambda: MappingProxyType({}))
    letters: Mapping[str, LetterTemplate] = fresh(default_factory=lambda: MappingProxyType({}))
    documents: Mapping[str, DocumentTemplate] = fresh(default_factory=lambda: MappingProxyType({}))
    tools: Mapping[str, Mapping[str, Tool]] = fresh(default_factory=lambda: MappingProxyType({}))
    jobs: Mapping[str, Job] = fresh(default_factory=lambda: MappingProxyType({}))
    approvals: Mapping[str, Approval] = fresh(default_factory=lambda: MappingProxyType({}))
    procedures: Mapping[str, Workflow] = fresh(default_factory=lambda: MappingProxyType({}))
    """What runs do, by the keys that they keep: workflows, and tools (``tool:potentials.make_order``)."""
    asking: Mapping[str, frozenset[str]] = fresh(default_factory=lambda: MappingProxyType({}))
    """Those of each module that ask for approval."""

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies money may be in: the site's own, then those it has a rate for."""
        return (self.currency, *(code for code in self.rates if code != self.currency))

    def module_of(self, field: Field) -> Module:
        """The module a field belongs to."""
        return self.modules[field.module]
