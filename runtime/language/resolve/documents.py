"""Resolves the templates of documents: as letters are, each path in their texts is one of the module."""

from runtime.language.draft import Draft
from runtime.language.resolve.fields import Fields
from runtime.language.resolve.labels import Labels
from runtime.language.resolve.letters import texts_of
from runtime.language.resolve.values import Values
from runtime.model.letters import DocumentTemplate


def resolve_documents(draft: Draft, labels: Labels) -> None:
    """Fill the draft's documents."""
    values = Values(draft, Fields(draft, labels))
    for key, tree in draft.trees.get("documents", {}).items():
        path = ("documents", key)
        module = values.module(tree.get("module"), (*path, "module"))
        if module is None:
            continue
        if ("text" in tree.items) == ("html" in tree.items):
            draft.note("letter", "a document has a text or html, and not both", tree, path)
            continue
        body = "html" if "html" in tree.items else "text"
        name, said = (texts_of(draft, module, tree, path, part) for part in ("name", body))
        draft.documents[key] = DocumentTemplate(
            key, module.key, name, said, body == "html", draft.origin(tree)
        )
