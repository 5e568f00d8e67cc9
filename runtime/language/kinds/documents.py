"""The kind ``documents``: the templates of files that the CRM writes."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import KEY, Definition, Kind, closed, described
from runtime.language.kinds.letters import TEXT


class DocumentsKind(Kind):
    """``templates/documents/<document>.yaml``. The paths in its texts are followed where it is resolved."""

    name = "documents"
    folder = "templates/documents"
    title = "A document: templates/documents/<document>.yaml"
    names_in_texts = MappingProxyType({"module": "module"})

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The document."""
        schema = closed(
            {
                "module": described(KEY, "Of which module the record is that it is about."),
                "name": described(TEXT, "What its file is called, without an ending: Quote {{ number }}."),
                "text": described(TEXT, "What it says, as plain text."),
                "html": described(TEXT, "What it says, as HTML; in place of the text."),
            },
            ("module", "name"),
        )
        return MappingProxyType({"documents": Definition(schema)})
