"""What functions are called in spreadsheets, SQL and other CRMs, so that an error can name ours."""

from collections.abc import Mapping
from types import MappingProxyType

OURS: Mapping[str, str] = MappingProxyType(
    {
        # logic
        "and": "write a and b",
        "or": "write a or b",
        "not": "write not a",
        "if": "write if_(condition, this, otherwise)",
        "iff": "write if_(condition, this, otherwise)",
        "iif": "write if_(condition, this, otherwise)",
        "ifthenelse": "write if_(condition, this, otherwise)",
        "ifs": "write case(condition, value, …, otherwise)",
        "switch": "write case(condition, value, …, otherwise)",
        "ispickval": "write stage == 'won'",
        "ischanged": "write changed(field)",
        "isattributechanged": "write changed(field)",
        "isnew": "write is_new",
        "isrecordnew": "write is_new",
        "priorvalue": "write old.field",
        "isblank": "write is_empty(value)",
        "isnull": "write is_empty(value)",
        "blankvalue": "write default(value, otherwise)",
        "nullvalue": "write default(value, otherwise)",
        "coalesce": "write default(value, otherwise)",
        "ifnull": "write default(value, otherwise)",
        "ifblank": "write default(value, otherwise)",
        "nvl": "write default(value, otherwise)",
        # text
        "concatenate": "write concat(a, b)",
        "textjoin": "write join(list, ', ')",
        "substitute": "write replace(text, find, by)",
        "proper": "write title(text)",
        "initcap": "write title(text)",
        "length": "write len(text)",
        "substr": "write mid(text, start, length)",
        "substring": "write mid(text, start, length)",
        "begins": "write starts_with(text, start)",
        "includes": "write contains(text, part)",
        "regex": "write matches(text, pattern)",
        "lpad": "write pad(text, length)",
        "rpad": "write pad(text, length)",
        # numbers
        "power": "write a ** b",
        "pow": "write a ** b",
        "ceiling": "write ceil(number)",
        "int": "write floor(number)",
        "value": "write number(text)",
        "average": "write avg(path)",
        "countif": "write count(path, condition)",
        "sumif": "write sum(path, condition)",
        "vlookup": "write a path, such as account.name, or lookup(module, condition, value)",
        # time
        "datevalue": "write date(value)",
        "datediff": "write days_between(start, end)",
        "adddays": "write date + days(n)",
        "edate": "write add_months(date, n)",
        "networkdays": "write workdays_between(start, end)",
        "workday": "write add_workdays(date, n)",
        "weeknum": "write week(date)",
        "eomonth": "write end_of(date, 'month')",
    }
)
"""Each name, in lower case and without its underscores, with what is written here instead."""


def instead(name: str) -> str:
    """What to write for a function that other products know; an empty text where none is known."""
    return OURS.get(name.casefold().replace("_", ""), "")
