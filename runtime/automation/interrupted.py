"""What ends a run between two batches, other than that its work is done."""


class InterruptedRunError(Exception):
    """A run that ends between two batches, because it was told to."""


class CancelledError(InterruptedRunError):
    """Somebody has cancelled the operation."""


class StoppedError(InterruptedRunError):
    """The worker is to stop; another goes on from the checkpoint."""
