"""The codes of the shape check: a file is YAML, and its keys and values are not what the schema says."""

from runtime.base.diagnostic import Code

UNKNOWN_KEY = Code(
    "S101",
    "A key is unknown",
    "Nothing reads this key, so what it says would silently not happen. It is misspelt, stands in the "
    "wrong place, or belongs to "
    "another field type.\n\nThe keys that may stand here are in the reference, and in the schemas that "
    "`trellis schema` "
    "writes for editors.",
)
WRONG_KIND = Code(
    "S102",
    "A value is of the wrong kind",
    "A text stands where a number must, a list where a map must, and so on. A text that looks like a "
    "number, true, false or null "
    'is quoted: "2024". A list is written `[a, b]` or one item a line after a dash; a map is `key: value`.',
)
NOT_ONE_OF = Code(
    "S103",
    "A value is not one of those possible",
    "Only a few values mean something here, and this is none of them.",
)
MISSING = Code(
    "S104", "A key is missing", "This cannot work without the key; nothing sensible could be assumed for it."
)
OUT_OF_BOUNDS = Code(
    "S105",
    "A value is out of bounds",
    "The value is of the right kind, and too small, too large, too long, empty, or not of the form that "
    "it must have.",
)
FIELD_TYPE = Code(
    "S107",
    "A field type is unknown",
    "Each field type is one of those that the reference lists: text, long_text, integer, decimal, money, "
    "percent, boolean, date, "
    "datetime, email, phone, url, picklist, multi_picklist, relation, relations, user, files, auto_number, …",
)
TWO_CONTENTS = Code(
    "S108",
    "A block shows two things",
    "A block of a layout shows one thing: `fields`, `rows`, `related` records or a `component`. Two "
    "things are two blocks.",
)
MISPLACED = Code(
    "S109",
    "A file is not read where it lies",
    "A pack's files lie in the folders that the language names, and end in `.yaml`. A file beside them, "
    "or one that ends in "
    "`.yml`, would silently do nothing.",
)

FALLBACK_HELP = {
    "S101": "take it out, or look for the right name in the reference",
    "S102": "see the reference for what may stand here",
    "S103": "see the reference for what may stand here",
    "S104": "write it",
    "S105": "see the reference for what may stand here",
    "S107": "see the reference for the field types",
    "S108": "make two blocks of it",
    "S109": "move or rename it",
}
CODES = (UNKNOWN_KEY, WRONG_KIND, NOT_ONE_OF, MISSING, OUT_OF_BOUNDS, FIELD_TYPE, TWO_CONTENTS, MISPLACED)
