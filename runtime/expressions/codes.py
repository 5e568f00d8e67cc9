"""The diagnostics of expressions: each code's meaning, with an example and the way to mend it."""

from runtime.base.diagnostic import Code

SYNTAX = Code(
    "E101",
    "the expression cannot be read",
    """The text is not an expression: something is missing, left open, or stands where it cannot.

Wrong:  stage = 'won'          (one = sets a value; nothing is set in an expression)
Right:  stage == 'won'

Texts stand in quotes, '…' or "…", and end on the line where they begin. In YAML, quote the whole expression
when it holds ` #`, `: ` or begins with a quote.""",
)
TOO_LARGE = Code(
    "E102",
    "the expression is too large",
    """An expression has at most 4,000 characters, 500 parts, brackets 40 deep, and paths of 10
relations, 30 in all.

The limits keep every check and every list fast, whoever wrote the condition. Split a long condition into
several rules or filters, or write `stage in ['a', 'b', 'c']` in place of a long row of `or`.""",
)
NOT_PART = Code(
    "E103",
    "not part of the language",
    """Expressions use the safe part of Python's syntax: literals, fields, paths, comparisons, `in`, `and or
not`, lists and calls of the functions in the reference. Methods, indexing, lambda, comprehensions,
f-strings, keyword arguments and assignments are left out for good.

Wrong:  name.startswith('A')
Right:  starts_with(name, 'A')""",
)
NOT_YET = Code(
    "E104",
    "not there yet",
    """The feature belongs to the expression language, and this version does not have it yet. It is refused,
so that no condition is ever half understood.

Example:  user.manager == owner

Leave the expression out for now, or say the same with what is there: fields, paths through relations,
picklist attributes, comparisons, `in`, `and or not`, and the functions of the reference.""",
)
UNKNOWN_NAME = Code(
    "E105",
    "unknown name",
    """A bare name in an expression is a field of the module the expression belongs to, or one of `this`,
`user`, `true`, `false` and `none`. This one is neither. Text stands in quotes.

Wrong:  stage == won
Right:  stage == 'won'""",
)
UNKNOWN_FIELD = Code(
    "E106",
    "unknown field in a path",
    """A path such as `account.industry` walks from the record to a related one and reads a field there. The
related module has no field of this name.

Wrong:  account.indstry == 'it'
Right:  account.industry == 'it'

A path over an owner may read the fields of users and of groups; what the one at hand does not have is
empty.""",
)
NO_PATH = Code(
    "E107",
    "the path cannot go on here",
    """Only a field that points at one record, or a picklist, has something behind its dot.

Wrong:  amount.currency == 'EUR'
Right:  account.name == 'Acme'
Right:  stage.kind == 'won'""",
)
UNKNOWN_FUNCTION = Code(
    "E108",
    "unknown function",
    """There is no function of this name. The reference lists all of them; a function is known by its
parentheses.

Wrong:  begins_with(name, 'A')
Right:  starts_with(name, 'A')""",
)
ARGUMENTS = Code(
    "E109",
    "wrong number of arguments",
    """The function is given too few or too many arguments.

Wrong:  contains(name)
Right:  contains(name, 'oy')""",
)
ARGUMENT_TYPE = Code(
    "E110",
    "wrong type of argument",
    """The function does not take a value of this type.

Wrong:  contains(amount, '1')
Right:  contains(name, '1')""",
)
UNKNOWN_VALUE = Code(
    "E111",
    "unknown picklist value",
    """A picklist, and an attribute of its values such as `kind`, is compared with what is written in the
picklist's file. This text is not there, so the comparison could never hold. Write the value's key, not its
label.

Wrong:  stage == 'Won'
Right:  stage == 'won'""",
)
UNKNOWN_ATTRIBUTE = Code(
    "E112",
    "unknown picklist attribute",
    """Behind the dot of a picklist stands an attribute that its values are given in the picklist's file:
`kind`, or one of its own such as `probability`. No value of this picklist has the attribute.

Wrong:  stage.chance > 50
Right:  stage.probability > 50""",
)
INCOMPARABLE = Code(
    "E113",
    "the two sides cannot be compared",
    """Both sides of a comparison are of one kind: text with text, number or money with number or money,
date or date and time with the same, a picklist with its own values, a record with a record. `< <= > >=`
order texts, numbers, money and dates alone.

Wrong:  amount > '1000'
Right:  amount > 1000""",
)
WRONG_TYPE = Code(
    "E114",
    "another type of value is needed here",
    """A condition must be true or false, and a default must be of its field's type.

Wrong:  when: stage                 (a picklist value is neither true nor false)
Right:  when: stage == 'won'
Right:  when: not is_empty(stage)""",
)
DATE_TEXT = Code(
    "E115",
    "not a date",
    """A date in quotes is written year-month-day, and a date with a time has a T or a space between them. A
time without a zone is in the site's time zone.

Wrong:  close_date >= '31.1.2026'
Right:  close_date >= '2026-01-31'
Right:  created_at >= '2026-01-31T08:00'""",
)
PYTHON_NAME = Code(
    "E116",
    "written in small letters",
    """The language writes `true`, `false` and `none` in small letters, as YAML writes the first two.

Wrong:  active == True
Right:  active == true            (or simply: active)""",
)
NUMBER = Code(
    "E117",
    "a number that cannot be exact",
    """Numbers are plain decimals of up to 18 digits: `1000`, `0.05`, `1_000_000`. Exponents, hexadecimal
and other forms are left out.

Wrong:  amount > 1e6
Right:  amount > 1_000_000""",
)
NEVER_TRUE = Code(
    "E118",
    "ordering with empty is never true",
    """`none` is neither less nor greater than anything, so this comparison never holds.

Wrong:  close_date < none
Right:  is_empty(close_date)
Right:  close_date == none""",
)
AMBIGUOUS = Code(
    "E119",
    "the field differs between the modules",
    """A path over a relation to several modules may read a field that more than one of them has, if it is
of the same type (and scale) in all. Here it is not, so the path has no one meaning.

Rename one of the fields, or give both the same type.""",
)

CALCULATION = Code(
    "E120",
    "these cannot be calculated with",
    """Numbers and money are added, multiplied and divided; money meets plain numbers as amounts of its own
currency, but money times money has no meaning. A date is moved by a duration (`days(7)`, `months(1)`); two
dates have a duration between them. Texts are joined by concat().

Wrong:  name + note
Right:  concat(name, ' ', note) == 'Big one'

Wrong:  amount * budget          (both are money)
Right:  amount * chance / 100 > 1000""",
)
LABEL = Code(
    "E121",
    "a label is compared",
    """Labels are what people read: they are translated, and somebody will change them. A condition that
compares one stops working then, without a word. Compare the value's key, or an attribute such as `kind`.

Warned:  stage.label == 'Won'
Right:  stage == 'won'
Right:  stage.kind == 'won'""",
)
ALWAYS = Code(
    "E122",
    "this is always the same",
    """The condition reads no field, no user and no clock, or compares something with itself, so it is the
same for every record: it holds for all of them, or for none. Mostly something was left out.

Warned:  stage == 'won' or true
Warned:  amount > amount
Right:  amount > budget""",
)
MAY_BE_EMPTY = Code(
    "E123",
    "empty makes all of it empty",
    """What is added up or subtracted is empty as soon as one part is. A field that is not required may be
empty in some records; say what counts there.

Warned:  amount + budget
Right:  amount + default(budget, 0) > 100""",
)
NOT_SQL = Code(
    "E124",
    "the database cannot be asked this",
    """Filters, rights and computed fields are conditions and values that the database works out for many
records at once. This part can only be worked out for one record at a time, by the program.

Compute it in a field formula (formulas/<module>.yaml), which stores its value, and filter by the field.

Refused:  'a' in split(name, ',')
Right:  contains(name, 'a')""",
)
NOT_SAVING = Code(
    "E125",
    "known only while a record is saved",
    """`old`, `changed()` and `is_new` tell what a save changes. Where nothing is being saved (in a filter, a
computed field, a right, the condition of a workflow that only the clock sets going) there is no before.
Inside a condition over related records they mean nothing either: it is this record that is being saved.

Wrong:  changed(stage) and old.stage == 'proposal'     (in a filter)
Saving:  changed(stage) and old.stage == 'proposal'""",
)
SEVERAL = Code(
    "E126",
    "several records, not one",
    """The name leads to several records, so there is no one value behind it. Say which of them, or what of
all of them.

Wrong:  account.deals.amount > 1000
Right:  sum(account.deals.amount) > 1000
Right:  exists(account.deals, amount > 1000)
Right:  first(account.deals.amount, stage.kind == 'won', -close_date) > 1000""",
)
NOT_SEVERAL = Code(
    "E127",
    "one record, not several",
    """count, sum, avg, first and exists look over several records: those that point here (a relation's
`inverse`), rows, or links.

Wrong:  sum(amount)
Right:  sum(account.deals.amount) > 1000
Right:  count(members, link.role == 'a') > 1""",
)
NO_USER = Code(
    "E128",
    "nobody in particular is asking",
    """A computed field has one value, whoever looks at it, so `user` means nothing in it. Use the record's
`owner`, `created_by` or a field of your own.

Unasked:  owner == user
Right:  owner == created_by""",
)
PATTERN = Code(
    "E129",
    "not a pattern of the language",
    """`matches` takes the part of regular expressions that means the same in Python, SQLite and PostgreSQL:
letters and digits; `.`; sets such as `[A-Z0-9_]` and `[^ ]`; `\\d`, `\\w`, `\\s` (of ASCII); groups `( )`,
alternatives `|`; `*`, `+`, `?`, `{2}`, `{2,5}`, `{2,}`; and a backslash before a sign that stands for itself.
The pattern is a text written in the expression, and the whole text has to match it.

Wrong:  matches(name, '(a')
Right:  matches(name, 'FI[0-9]{8}')
Right:  matches(name, '[A-Z]+-\\\\d+')""",
)
VIRTUAL = Code(
    "E130",
    "a virtual field is worked out where it is read",
    """A virtual field (`virtual: true`, or one whose formula reads the clock) is not stored. Where an
expression names it, its own formula stands in its place. So it has no value before a save (`old.`,
`changed()`), and where the path leads out of a condition (`this.`) or over an owner that may be a user or a
group, its formula cannot follow when it counts or sums.

Name what its formula reads instead: `changed(due_date)` in the place of `changed(is_overdue)`.""",
)

CODES: tuple[Code, ...] = (
    SYNTAX,
    TOO_LARGE,
    NOT_PART,
    NOT_YET,
    UNKNOWN_NAME,
    UNKNOWN_FIELD,
    NO_PATH,
    UNKNOWN_FUNCTION,
    ARGUMENTS,
    ARGUMENT_TYPE,
    UNKNOWN_VALUE,
    UNKNOWN_ATTRIBUTE,
    INCOMPARABLE,
    WRONG_TYPE,
    DATE_TEXT,
    PYTHON_NAME,
    NUMBER,
    NEVER_TRUE,
    AMBIGUOUS,
    CALCULATION,
    LABEL,
    ALWAYS,
    MAY_BE_EMPTY,
    NOT_SQL,
    NOT_SAVING,
    SEVERAL,
    NOT_SEVERAL,
    NO_USER,
    PATTERN,
    VIRTUAL,
)
