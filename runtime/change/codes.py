"""The codes of refusals: what a plan will not do to the data that is there, each with its page."""

from runtime.base.diagnostic import Code

TYPE = Code(
    "P101",
    "Values of a field cannot be converted",
    "The field is of another type than it was, and some of its values are none of the new type. A plan reads "
    "through all of them before anything is done, so that what it names is all there is. Values are never "
    "thrown away or bent to fit.\n\n"
    "Say with `convert` how they are to be read, as an expression over the record as it was, in which the "
    "old value stands under the field's own key: `convert: =number(replace(size, ' cm', ''))`. Where the "
    "expression gives nothing, the value is given up, and whoever applies has to agree to that. Or change "
    "the records that are named. Secrets, files and numbers that the program gives are not converted.",
)
REQUIRED = Code(
    "P104",
    "A field is required, and records are without it",
    "A required field must have a value in every record, and these records would fail at their next "
    "save. Give the field a `default`, which the empty ones then get; or leave `required` out, fill the "
    "records in, and require it afterwards. Deleted records do not count.",
)
UNIQUE = Code(
    "P105",
    "Values must be unique, and records share them",
    "A unique field, or a group of fields in `unique`, allows no two records that are alike in all of "
    "them; empties and deleted records do not count. Change or delete the records that are named, then "
    "apply again.",
)
PARENT = Code(
    "P106",
    "Records became the rows of another module",
    "The rows of a module belong to one parent each, from the beginning. A module that has a table "
    "cannot become the rows of another module, nor cease to be, nor change its parent; that is not "
    "possible yet. Make a new module for the rows, and import its records.",
)
PICKLIST = Code(
    "P107",
    "A value of a picklist is gone, and records use it",
    "Records hold a value that the picklist no longer has. Keep the value, or give these records "
    "another one first. Deleted records count, for they can be restored.",
)
CURRENCY = Code(
    "P108",
    "A currency is gone, and records have amounts in it",
    "Money is kept with its currency, and the site's currencies are `currency` and those in `rates` of "
    "pack.yaml. Keep the currency there, or change these amounts first.",
)
ATTRIBUTE = Code(
    "P109",
    "An attribute of links changed while there are links",
    "The links hold values of another type under this key. Name the new attribute differently; the old "
    "one is kept. While a field has no links at all, its attributes may change freely.",
)
DRIFT = Code(
    "P110",
    "The database is not as the applied revision left it",
    "A table or column that the revision made is missing, or one that is to be made is there already. "
    "Somebody changed the database by other means, and nothing is done on such ground. Bring the table "
    "or column back, rename what is in the way, or restore a backup.",
)
FOREIGN = Code(
    "P111",
    "The database holds something else",
    "It is not empty, and no Trellis has set it up. So that no other program's data is touched, Trellis "
    "uses an empty database or one of its own: name another one with TRELLIS_DATABASE, or on PostgreSQL "
    "a schema of its own with TRELLIS_SCHEMA.",
)
STALE = Code(
    "P112",
    "The plan is stale",
    "Between the making of the plan and applying it the applied revision, the configuration or the "
    "database's tables changed, so what would happen is no longer what was shown. Nothing was done: "
    "look at a new plan.",
)
LOSSY = Code(
    "P113",
    "A step loses values, and nobody has agreed to it",
    "Two values become one, numbers are rounded, or texts are cut: what stands there now could not be had "
    "again from the new configuration. What is overwritten is kept for a while, so that a rollback brings it "
    "back. Look at the plan, and apply it with `--accept-lossy`.",
)
LIMITS = Code(
    "P114",
    "Values are beyond a field's new limits",
    "`min`, `max` or `pattern` of a field are tighter than they were, and records hold values that they "
    "refuse: such a record could not be saved any more as it is. Say with `convert` what becomes of the "
    "values, as an expression over the record as it was: `convert: =left(code, 10)`; what the field held is "
    "kept for a while. Or change the records that are named, or leave the limits. A rollback leaves them, "
    "and says so.",
)
POINTER = Code(
    "P115",
    "Records point at a module that is allowed no more",
    "The `modules` of a relation to anything are fewer than they were, and records point at some of those "
    "that are gone from it. Keep the module there, or let these records point elsewhere first. Deleted "
    "records count, for they can be restored. A rollback leaves them, and says so; and a module that is "
    "taken out altogether is hidden with all that points at it, and comes back with it.",
)
CANCELLED = Code(
    "P130",
    "The apply was cancelled",
    "Somebody cancelled an apply that was going through many records. What it had made so far was cleared "
    "away: the database and the configuration are as they were before. Apply again whenever you like.",
)
EXPRESSION = Code(
    "P120",
    "A conversion gives values of another kind",
    "The expression of `convert` or `fill` gives values that are none of the field's: a list, JSON, a place. "
    "Make it give a text, a number, a date, or what the field holds.",
)
SOURCE = Code(
    "P121",
    "A field comes from one that is not there",
    "`split` and `merge` name fields as the applied configuration has them. Once the change is applied they "
    "say nothing more, and may stay. Correct the name; or take them out, where the other field never was.",
)
CREATED = Code(
    "P122",
    "Records cannot be found or made by a text",
    "A text becomes a link to the record that is called so: by the field that its title is made of, or by "
    "the one that `match` names, which must be a text. With `create: true` records that are not there are "
    "made of that text alone, so no other field of theirs may be required without a default.",
)
UNREADABLE = Code(
    "P123",
    "The applied revision cannot be read",
    "A conversion reads records as the applied configuration has them, and its text is none to this version "
    "of the program. Start the version that applied it, mend what it warns of, and apply; then upgrade.",
)

CODES = (
    TYPE,
    REQUIRED,
    UNIQUE,
    PARENT,
    PICKLIST,
    CURRENCY,
    ATTRIBUTE,
    DRIFT,
    FOREIGN,
    STALE,
    LOSSY,
    LIMITS,
    POINTER,
    EXPRESSION,
    SOURCE,
    CREATED,
    UNREADABLE,
    CANCELLED,
)
