"""Words for what is shared, by hand or by the configuration: with whom, and what the levels are called."""

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
TO_ALL: Mapping[str, str] = {
    "private": phrase("Private"),
    "read": phrase("All may see it"),
    "write": phrase("All may change it"),
}
"""What everybody may do with the records of others."""
WITH_WHOM: Mapping[str, str] = {
    "role": phrase("The role {name}"),
    "role_and_below": phrase("The role {name}, and those below it"),
    "group": phrase("The group {name}"),
    "user": phrase("The user {name}"),
}
"""Whom a rule shares with."""
