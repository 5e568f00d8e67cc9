"""The codes of packs and layers: what a pack stands on, and how its files lie over those below."""

from runtime.base.diagnostic import Code

NO_PACK = Code(
    "L101",
    "There is no pack",
    "A pack is a folder that has a `pack.yaml`. The folder that was named has none, or is not there.",
)
NOT_FOUND = Code(
    "L102",
    "A required pack is not found",
    "`requires` names the packs below this one. They are looked for beside it, in folders of these "
    "names, in a folder `packs` beside "
    "it, and in the folders given with `--packs`. The pack `standard` comes with Trellis.",
)
WRONG_VERSION = Code(
    "L103",
    "A required pack has another version",
    "The pack was found, and its `version` is not among those that fit.",
)
NO_VERSION = Code(
    "L104",
    "A version cannot be read",
    'A version is three numbers, 1.4.0. A range names its ends, ">=1.0" or ">=1.0, <2"; a version alone '
    'means that one, and "*" any.',
)
CIRCLE = Code(
    "L105",
    "Packs stand on each other in a circle",
    "A pack cannot stand on itself, nor on one that stands on it.",
)
NOTHING_TO_REMOVE = Code(
    "L106",
    "There is nothing to remove",
    "A written `null` takes away a key of a lower layer. No layer below has this one, so the name is "
    "wrong, or the key went away there.",
)
NO_NEIGHBOUR = Code(
    "L107",
    "The neighbour to stand beside is not there",
    "`after` and `before` place an entry beside another one of the same map. There is none of this name.",
)
NO_LIST = Code(
    "L108",
    "There is no list to change",
    "`{add: [...], remove: [...]}` changes a list of a lower layer. No layer below has this list: write "
    "the list itself.",
)
NOT_IN_LIST = Code(
    "L109",
    "It is not in the list",
    "`remove`, `before` and `after` name items of the list below, and it has no such item.",
)
OUTSIDE = Code(
    "L110",
    "A link leads out of the pack",
    "What a pack says lies in its folder. A link to another place would read files that nobody meant to "
    "share.",
)

OVERLAY = Code(
    "L111",
    "A field that no layer below has is changed",
    "A pack may write only what is different from the packs below it: a label, a limit. Here it does so "
    "for a field that none of them has: the name is misspelt, or a new version of the pack below has taken "
    "the field out or given it another name. Use the new name, take the entry out, or give it a `type`, "
    "which makes it a field of this pack; the values that such a field had are kept, and are found again.",
)

LACKING = frozenset((NO_PACK.name, NOT_FOUND.name, NO_VERSION.name, CIRCLE.name))
"""The codes that mean that a layer is missing."""
CODES = (
    NO_PACK,
    NOT_FOUND,
    WRONG_VERSION,
    NO_VERSION,
    CIRCLE,
    NOTHING_TO_REMOVE,
    NO_NEIGHBOUR,
    NO_LIST,
    NOT_IN_LIST,
    OUTSIDE,
    OVERLAY,
)
