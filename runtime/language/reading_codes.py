"""The codes of the reader: what a file must be before its meaning is looked at."""

from runtime.base.diagnostic import Code

NOT_UTF8 = Code(
    "Y101",
    "A file is not UTF-8",
    "Configuration files are UTF-8, with or without a byte order mark. Another encoding would turn å "
    "into something else on "
    "one machine and not on the next.\n\nSave the file as UTF-8 in your editor.",
)
TOO_LARGE = Code(
    "Y102",
    "A file is too large",
    "A configuration file has at most 1 MiB. What is larger is data, and data is imported: see `trellis "
    "import`.",
)
TOO_MANY = Code(
    "Y103",
    "There are too many files",
    "A pack has at most 2,000 configuration files. Split it into packs that stand on one another "
    "(`requires`).",
)
TOO_DEEP = Code(
    "Y104",
    "Lists and maps lie too deep",
    "Nothing in the language is nested more than a few levels; 40 is the limit. Look for brackets that "
    "are not closed.",
)
FORBIDDEN = Code(
    "Y105",
    "A character is not allowed",
    "Control characters, the line ends of old systems (a lone CR, NEL, LS, PS), a byte order mark inside "
    "the text and the "
    "marks that reverse the direction of writing make a file read otherwise than it looks. Take the "
    "character out, or "
    'write it as an escape in a double-quoted text: "\\u2028".',
)
TAB = Code(
    "Y106",
    "A tab stands in the file",
    "YAML is indented with spaces, two by custom. A tab in a text is written as an escape in double quotes: "
    '"one\\ttwo".',
)
NOT_YAML = Code(
    "Y107",
    "The file is no YAML",
    "YAML's own grammar is broken at this place; what follows it was not looked at. Often a bracket or a "
    "quote is not "
    "closed on a line above, or a line is indented by too much or too little.",
)
ANCHOR = Code(
    "Y108",
    "Anchors and aliases are not read",
    "`&name` and `*name` let one text be used in several places, and small files become enormous. Here "
    "what is shared "
    "has names of its own: a picklist, a pack below. A text that begins with & or * is quoted.",
)
TAG = Code(
    "Y109",
    "Tags are not read",
    "`!something` tells YAML to build a value of another type. The schema knows each value's type, so "
    "none is needed. "
    "A text that begins with ! is quoted.",
)
DOCUMENTS = Code(
    "Y110",
    "A file holds one document",
    "A file's name is the key of what it holds, so it holds one thing. `---` between documents and % "
    "directives "
    "are not read; a single `---` at the top is.",
)
DUPLICATE = Code(
    "Y111",
    "A key is written twice",
    "In one map a key stands once. YAML itself would keep the last one and say nothing: `role: user` "
    "followed by "
    "`role: admin` further down would make an admin.",
)
BARE = Code(
    "Y112",
    "A key has no value",
    "`required:` with nothing after it could mean yes, no, or that somebody was interrupted. Write the "
    "value, or take the "
    "key out. `null` removes a key that a lower layer has. A comma inside { } also ends a value: quote "
    "the text then.",
)
KEY = Code(
    "Y113",
    "A key is not a text",
    "Numbers, true, false and null are no keys, and neither are lists and maps. Quote the key when it is "
    "a text that "
    'looks like one of these: "2024".',
)
MERGE = Code(
    "Y114",
    "Merge keys are not read",
    "`<<` copies another map into this one. What several files share lies in a lower pack: see `requires`.",
)
BENT = Code(
    "Y115",
    "YAML bends this text: quote it",
    "In YAML a ` #` begins a comment, `: ` ends a key, a comma inside { } or [ ] ends a value, and a "
    "text that begins with "
    "a quote ends at the next one. An expression with any of these is cut or bent. Put it in double "
    "quotes:\n\n"
    "    where: \"name == 'a #1'\"",
)
LONG_NUMBER = Code(
    "Y116",
    "A number is too long",
    "Numbers are exact, up to 18 digits. What is longer is a text (an account number, say): quote it.",
)
EMPTY = Code(
    "Y117",
    "A file says nothing",
    "The file is empty, or has only comments. Delete it: what is left out has a sensible default.",
)
UNREADABLE = Code(
    "Y118",
    "A file cannot be read",
    "The operating system does not give the file's content: its rights forbid it, or it is no regular file.",
)

MORE = Code(
    "Y119",
    "There is more to say of a file",
    "Of one file the first 1,000 findings are told; most likely they have one cause. Mend that, and "
    "check again.",
)

NOT_CSV = Code(
    "Y120",
    "The file is no table",
    "A CSV file in `data/` names the fields in its first line, each once, and has as many cells in every "
    "line. Cells are separated by commas; one that has a comma, a quote or a line end in it stands in double "
    'quotes, and its own quotes are doubled: "Acme ""Big"" Oy, Turku".',
)

CODES = (
    NOT_UTF8,
    TOO_LARGE,
    TOO_MANY,
    TOO_DEEP,
    FORBIDDEN,
    TAB,
    NOT_YAML,
    ANCHOR,
    TAG,
    DOCUMENTS,
    DUPLICATE,
    BARE,
    KEY,
    MERGE,
    BENT,
    LONG_NUMBER,
    EMPTY,
    UNREADABLE,
    MORE,
    NOT_CSV,
)
