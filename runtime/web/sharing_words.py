"""Words for what is shared by hand: with whom it may be, and what the levels are called."""

from collections.abc import Mapping

from runtime.base.messages import phrase

WITH = ("users", "groups")
"""The modules of those with whom something is shared."""
OF_RECORD: Mapping[str, str] = {"read": phrase("May see it"), "write": phrase("May change it")}
OF_CALENDAR: Mapping[str, str] = {
    "busy": phrase("Sees when I am busy"),
    "read": phrase("Sees what I do"),
    "write": phrase("May change it"),
}
