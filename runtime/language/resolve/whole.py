"""Resolves a whole configuration, noun by noun, each with what the ones before it have made."""

from runtime.language.draft import Draft
from runtime.language.resolve.access import resolve_access
from runtime.language.resolve.approvals import resolve_approvals
from runtime.language.resolve.data import resolve_data
from runtime.language.resolve.documents import resolve_documents
from runtime.language.resolve.filters import resolve_filters
from runtime.language.resolve.formulas import resolve_formulas
from runtime.language.resolve.jobs import resolve_jobs
from runtime.language.resolve.labels import Labels
from runtime.language.resolve.layouts import resolve_layouts
from runtime.language.resolve.letters import resolve_letters
from runtime.language.resolve.menu import resolve_menu
from runtime.language.resolve.modules import resolve_modules
from runtime.language.resolve.pack import resolve_pack
from runtime.language.resolve.picklists import resolve_picklists
from runtime.language.resolve.rules import resolve_rules
from runtime.language.resolve.tool_rights import check_tool_rights
from runtime.language.resolve.tools import resolve_tool_inputs, resolve_tools
from runtime.language.resolve.workflows import resolve_workflows
from runtime.model.label import Label


def resolve(draft: Draft) -> Label:
    """Fill the draft from its trees; gives what the CRM is called."""
    draft.pack = resolve_pack(draft)
    labels = Labels(draft)
    pack = draft.single("pack")
    title = labels.of(
        ("title",), pack.get("title") if pack else None, Label.of(draft.top_layer), ("pack", "title")
    )
    resolve_picklists(draft, labels)
    resolve_modules(draft, labels)
    resolve_layouts(draft, labels)
    resolve_rules(draft, labels)
    resolve_formulas(draft, labels)
    resolve_filters(draft, labels)
    resolve_menu(draft, labels)
    resolve_access(draft, labels)
    resolve_data(draft)
    resolve_letters(draft, labels)
    resolve_documents(draft, labels)
    resolve_tool_inputs(draft, labels)
    resolve_workflows(draft, labels)
    resolve_tools(draft, labels)
    check_tool_rights(draft)
    resolve_jobs(draft, labels)
    resolve_approvals(draft, labels)
    for language, path, node, place in labels.unused():
        if node.source.layer == draft.top_layer and not draft.is_broken(*path):
            draft.note("translation", ".".join(path), node, place, (), language)
    return title
