"""The codes of refusals: what a plan will not do to the data that is there, each with its page."""

from runtime.base.diagnostic import Code

TYPE = Code(
    "P101",
    "The type of a field that holds values changed",
    "The field holds values of another type, and nothing says how each of them is to be read. Values "
    "are never thrown away or bent to fit. While a field is empty in all records its type may change "
    "freely.\n\n"
    "What works now: add a field of the new type under another key, copy the values (export, then "
    "import), and take the old field out; its values are kept. Converting a field in place is not "
    "possible yet.",
)
SCALE = Code(
    "P102",
    "The decimals of a field that holds values changed",
    "The number of decimals that is stored changed: a field's `scale`, or the currencies of the site, "
    "whose finest decides how money is stored. The stored numbers would have to be rewritten, and "
    "rounded where there are fewer decimals. That is not possible yet; keep the scale, or add a new "
    "field.",
)
TARGET = Code(
    "P103",
    "A relation that holds values points at another module",
    "The records that the field points at are not records of the new module, so each link would be lost "
    "or wrong. Add a new relation beside it; a relation that is empty in all records may change freely.",
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

CANCELLED = Code(
    "P130",
    "The apply was cancelled",
    "Somebody cancelled an apply that was going through many records. What it had made so far was cleared "
    "away: the database and the configuration are as they were before. Apply again whenever you like.",
)

CODES = (
    TYPE,
    SCALE,
    TARGET,
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
    CANCELLED,
)
