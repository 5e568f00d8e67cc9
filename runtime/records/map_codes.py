"""The codes of an import's map: it is YAML and well shaped, and does not fit the module or the file."""

from runtime.base.diagnostic import Code

UNKNOWN_COLUMN = Code(
    "I101",
    "A column is not in the file",
    "The map names a column that the file's first line does not have. Names are compared exactly, without "
    "the white space around them. Columns of the file that the map does not name are left out.",
)
NOT_IMPORTED = Code(
    "I102",
    "A field cannot be imported",
    "The field is read-only, or is kept by the program itself. Rows are imported into their own module, by a "
    "column for `parent`.",
)
NOT_FITTING = Code(
    "I103",
    "A setting does not fit the field",
    "`match` and `create` belong to relations (and `match` to picklists), `format` to dates and moments, "
    "`decimal` to numbers and money; a `key` is a field of the record itself, not a list of links.",
)
TWICE = Code(
    "I104",
    "Two columns go into one field",
    "Only one of them could stay. To choose between columns, make one of them before the import.",
)
NO_COLUMNS = Code("I105", "The map names no column", "Without a column there is nothing to import.")

CODES = (UNKNOWN_COLUMN, NOT_IMPORTED, NOT_FITTING, TWICE, NO_COLUMNS)
