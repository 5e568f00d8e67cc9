"""What can go wrong with the database itself, as whole sentences; a screen answers them with 503 or 400."""


class StorageError(Exception):
    """The database could not do it now, and the data is as it was."""


class BusyError(StorageError):
    """Others are writing and the wait was too long, or two writers waited for each other: try again."""


class OutdatedError(BusyError):
    """Another revision was applied meanwhile: do the same with the newest one."""


class UnavailableError(StorageError):
    """The database does not answer, or cannot be opened."""


class InvalidCursorError(ValueError):
    """A page's cursor was altered, or belongs to another list. The message may be shown to its sender."""


class UnsortableError(ValueError):
    """A list cannot be sorted by this. The message may be shown to whoever asked."""
