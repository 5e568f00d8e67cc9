"""What can go wrong with a backup, as whole sentences."""


class UpkeepError(Exception):
    """It was not done, and nothing was changed."""


class DamagedError(UpkeepError):
    """A backup is not whole, or is none at all."""


class UnreadableError(UpkeepError):
    """The database that is there cannot be read at all."""


class RefusedError(UpkeepError):
    """It could be done, and was refused: what it would overwrite, or a backup of something else."""
