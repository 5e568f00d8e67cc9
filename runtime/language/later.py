"""What the language has and this version does not: refused with a code, never ignored."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.diagnostic import Code

HELP = "take it out for now"

FEATURES: Mapping[str, str] = MappingProxyType(
    {
        "N107": "only literals are taken here",
        "N110": "filters are drawn as lists only",
        "N111": "filters have no KPIs",
        "N116": "there are no dashboards",
        "N119": "the field type has no such setting",
        "N120": "there is no such component",
        "N131": "workflows have no such step",
    }
)
"""Each code with the half of the sentence that says what is missing."""

FOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "schemas/dashboards": "N116",
    }
)
"""Folders whose files are not read yet."""

CODES = tuple(
    Code(
        code,
        f"Not there yet: {feature}",
        f"The language describes this, and this version does not do it yet: {feature}. A configuration that "
        "relies on it is refused, because ignoring it would let you believe that it works.\n\n"
        "Take it out for now.",
    )
    for code, feature in FEATURES.items()
)
