"""Resolves layouts: cards, dialogs and lists, with a sensible default for all that is left out."""

from runtime.language.draft import Draft
from runtime.language.kinds.layouts import TAB_KEYS
from runtime.language.nodes import ListNode, MapNode, Node
from runtime.language.resolve.expressions import resolve_expression
from runtime.language.resolve.labels import Labels
from runtime.language.resolve.paths import Paths
from runtime.language.shape import Path as Place
from runtime.model.catalog import Block, Collection, Field, Layout, Module, Path, SortKey, Tab
from runtime.model.label import Label
from runtime.model.types import BOOLEAN, PicklistType
from runtime.model.uses import Thing

LISTED = 6
"""How many columns a list has when none are named."""
TOO_LONG_FOR_A_LIST = ("long_text", "rich_text", "files", "relations", "multi_picklist")


def resolve_layouts(draft: Draft, labels: Labels) -> None:
    """Fill the draft's layouts: one for each module."""
    for module in draft.modules.values():
        draft.layouts[module.key] = _Layouts(draft, labels, module).layout()
    for key in draft.trees.get("layouts", {}):
        if not draft.is_written("modules", key):
            draft.note(
                "module_of_file",
                key,
                draft.span(("layouts", key)),
                ("layouts", key),
                list(draft.files["modules"]),
            )


class _Layouts:
    """Resolves the layout of one module."""

    def __init__(self, draft: Draft, labels: Labels, module: Module) -> None:
        self.draft = draft
        self.labels = labels
        self.module = module
        self.paths = Paths(draft)
        self.tree = draft.tree("layouts", module.key)
        self.path: Place = ("layouts", module.key)

    def layout(self) -> Layout:
        """The layout, whatever of it is written."""
        tree = self.tree
        card = tree.map("card") if tree else None
        listed = self._paths(tree, "list") or self._default_list()
        return Layout(
            module=self.module.key,
            process=self._process(card),
            header=self._paths(card, "header", "card") or (),
            tabs=self._tabs(card),
            side=self._blocks(card.map("side"), ("card", "side"), ("side",)) if card else (),
            create=self._paths(tree, "create") or self._default_create(),
            quick_view=self._paths(tree, "quick_view") or listed,
            list=listed,
            origin=self.draft.origin(tree or self.draft.tree("modules", self.module.key)),
        )

    def _paths(self, tree: MapNode | None, key: str, *inside: str) -> tuple[Path, ...] | None:
        node = tree.list(key) if tree else None
        if node is None:
            return None
        return self.paths.all(self.module, node.items, (*self.path, *inside, key))

    def _process(self, card: MapNode | None) -> Field | None:
        node = card.scalar("process") if card else None
        if node is None:
            return None
        place = (*self.path, "card", "process")
        path = self.paths.of_node(self.module, node, place)
        if path is None:
            return None
        if len(path.fields) != 1 or path.attribute or not isinstance(path.field.value_type, PicklistType):
            self.draft.note("process", path.text, node, place, (), path.field.type)
            return None
        return path.field

    def _tabs(self, card: MapNode | None) -> tuple[Tab, ...]:
        written = card.map("tabs") if card else None
        if written is None:
            return self._default_tabs()
        return tuple(self._tab(key, node) for key, node in written.maps())

    def _tab(self, key: str, node: MapNode) -> Tab:
        place = (*self.path, "card", "tabs", key)
        label_path = (*self.path, "tabs", key)
        blocks = node.without(*TAB_KEYS)
        return Tab(
            key=key,
            label=self.labels.named(label_path, node),
            blocks=self._blocks(blocks, ("card", "tabs", key), ("tabs", key)),
            origin=self.draft.origin(node),
            icon=node.text("icon"),
            when=resolve_expression(self.draft, node.get("when"), self.module.key, (*place, "when"), BOOLEAN),
        )

    def _blocks(self, node: MapNode | None, inside: Place, label_inside: Place) -> tuple[Block, ...]:
        blocks: list[Block] = []
        for key, block in node.maps() if node else ():
            made = self._block(key, block, (*self.path, *inside, key), (*self.path, *label_inside, key))
            if made is not None:
                blocks.append(made)
        return tuple(blocks)

    def _block(self, key: str, node: MapNode, place: Place, label_path: Place) -> Block | None:
        when = resolve_expression(self.draft, node.get("when"), self.module.key, (*place, "when"), BOOLEAN)
        collapsed = node.flag("collapsed", False)
        origin = self.draft.origin(node)
        label = self.labels.named(label_path, node)
        if (fields := node.list("fields")) is not None:
            shown = self.paths.all(self.module, fields.items, (*place, "fields"))
            columns = node.scalar("columns")
            side_by_side = columns.value if columns is not None and isinstance(columns.value, int) else 2
            return Block(
                key,
                "fields",
                label,
                origin,
                columns=side_by_side,
                fields=shown,
                when=when,
                collapsed=collapsed,
            )
        if (component := node.text("component")) is not None:
            return Block(key, "component", label, origin, component=component, when=when, collapsed=collapsed)
        kind = "rows" if "rows" in node.items else "related"
        collection = self._collection(kind, node.items[kind], (*place, kind))
        if collection is None:
            return None
        label = self.labels.of(
            label_path, node.get("label"), self._collection_label(key, collection), (*place, "label")
        )
        target = self.draft.modules[collection.target]
        columns_node = node.list("columns")
        return Block(
            key,
            kind,
            label,
            origin,
            collection=collection.key,
            columns_shown=(
                self._columns(collection, target, columns_node, (*place, "columns"))
                if columns_node
                else self._default_columns(collection, target)
            ),
            where=resolve_expression(
                self.draft,
                node.get("where"),
                target.key,
                (*place, "where"),
                BOOLEAN,
                self.module.key,
                database=True,
            ),
            sort=self._sort(target, node.list("sort"), (*place, "sort")),
            actions=_actions(collection, node.list("actions")),
            when=when,
            collapsed=collapsed,
        )

    def _collection_label(self, key: str, collection: Collection) -> Label:
        return collection.label if key == collection.key else Label.from_key(key)

    def _sort(self, target: Module, node: ListNode | None, place: Place) -> tuple[SortKey, ...]:
        return self.paths.sort(target, node.items, place) if node else ()

    def _collection(self, kind: str, node: Node, place: Place) -> Collection | None:
        """The collection that a block shows; one that is not there, or of the other kind, is noted."""
        name = str(node.plain)
        found = self.module.collections.get(name)
        wanted = [
            one.key for one in self.module.collections.values() if (one.kind == "rows") == (kind == "rows")
        ]
        if found is None or found.key not in wanted:
            if not self.draft.is_blind and name not in self.draft.broken_words:
                about = f"{kind}|{self.module.key}|{'other' if found else ''}"
                self.draft.note("related", name, node, place, wanted, about)
            return None
        holder = found.module if found.kind == "links" else found.target
        self.draft.mention(place, node, Thing("module", found.target), "shows")
        self.draft.mention(place, node, Thing("field", f"{holder}.{found.via}"), "reads")
        return found

    def _columns(
        self, collection: Collection, target: Module, node: ListNode, place: Place
    ) -> tuple[Path, ...]:
        """The columns of a table of related records; ``link.role`` reads an attribute of the link itself."""
        links = self._link_fields(collection)
        columns: list[Path] = []
        for position, item in enumerate(node.items):
            text = str(item.plain)
            attribute = text.removeprefix("link.")
            if text != attribute and links:
                field = links.get(attribute)
                if field is None:
                    here = (*place, str(position))
                    self.draft.note("field", attribute, item, here, list(links), "the link has")
                else:
                    columns.append(Path(text, (field,)))
                continue
            path = self.paths.of_node(target, item, (*place, str(position)))
            columns += [path] if path is not None else []
        return tuple({path.text: path for path in columns}.values())

    def _link_fields(self, collection: Collection) -> dict[str, Field]:
        if collection.kind not in ("links", "linked"):
            return {}
        holder = collection.module if collection.kind == "links" else collection.target
        field = self.draft.modules[holder].fields[collection.via]
        return dict(field.settings.get("link", {}))

    def _default_columns(self, collection: Collection, target: Module) -> tuple[Path, ...]:
        """The columns of the target's list, without the field that leads back here."""
        if collection.kind == "rows":
            return tuple(
                Path(field.key, (field,)) for field in target.fields.values() if field.type != "relations"
            )
        tree = self.draft.tree("layouts", target.key)
        written = tree.list("list") if tree else None
        quiet = Paths(_Silent(self.draft))  # its own layout says what is wrong with its list
        columns = quiet.all(target, written.items, ()) if written else ()
        columns = columns or default_columns(target)
        kept = tuple(path for path in columns if path.text != collection.via)
        links = tuple(Path(f"link.{key}", (field,)) for key, field in self._link_fields(collection).items())
        return (kept or columns) + links

    def _default_list(self) -> tuple[Path, ...]:
        return default_columns(self.module)

    def _default_create(self) -> tuple[Path, ...]:
        """What must be filled in, and what the record is called; the columns of its list when that is
        nothing.
        """
        titled = {path.fields[0].key for _, path in self.module.title.parts}
        fields = [
            field
            for field in self.module.fields.values()
            if not self.draft.types[field.type].given and (field.required or field.key in titled)
        ]
        return tuple(Path(field.key, (field,)) for field in fields) or default_columns(self.module)

    def _default_tabs(self) -> tuple[Tab, ...]:
        """Every field in one block and the rows below it; then what is related; then the change log."""
        origin = self.module.origin
        fields = tuple(
            Path(field.key, (field,)) for field in self.module.fields.values() if field.type != "relations"
        )
        main = [Block("fields", "fields", self._default_label("fields"), origin, fields=fields)]
        related: list[Block] = []
        for collection in self.module.collections.values():
            kind = "rows" if collection.kind == "rows" else "related"
            target = self.draft.modules[collection.target]
            block = Block(
                collection.key,
                kind,
                collection.label,
                origin,
                collection=collection.key,
                columns_shown=self._default_columns(collection, target),
                actions=_actions(collection, None),
            )
            (main if kind == "rows" else related).append(block)
        log = Block(
            "change_log", "component", self._default_label("change_log"), origin, component="change_log"
        )
        tabs = [Tab("overview", self._default_label("overview"), tuple(main), origin)]
        if related:
            tabs.append(Tab("related", self._default_label("related"), tuple(related), origin))
        tabs.append(Tab("history", self._default_label("history"), (log,), origin))
        return tuple(tabs)

    def _default_label(self, key: str) -> Label:
        return self.labels.of(("layouts", "*", key), None, Label.from_key(key))


def _actions(collection: Collection, node: ListNode | None) -> tuple[str, ...]:
    """What one may do in a related list: a new one anywhere, and a link where a record may have several."""
    if node is not None:
        return tuple(dict.fromkeys(str(item.plain) for item in node.items))
    if collection.kind == "rows":
        return ()
    return ("new",) if collection.kind == "inverse" else ("new", "link")


def default_columns(module: Module) -> tuple[Path, ...]:
    """The title's fields, then the first others that fit a list."""
    fields = [path.fields[0] for _, path in module.title.parts if path.fields[0].key in module.fields]
    fields += [field for field in module.fields.values() if field.type not in TOO_LONG_FOR_A_LIST]
    paths = {field.key: Path(field.key, (field,)) for field in fields}
    if not paths:
        paths = {key: Path(key, (module.record_fields[key],)) for key in ("id", "owner", "created_at")}
    return tuple(paths.values())[:LISTED]


class _Silent(Draft):
    """A draft whose facts go nowhere."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft.types, draft.language)
        self.modules = draft.modules
        self.picklists = draft.picklists

    def note(self, *arguments: object, **more: object) -> None:
        """Nothing: another place says it."""
