"""Formats: how one reader's language and time zone write numbers, money, dates and times."""
