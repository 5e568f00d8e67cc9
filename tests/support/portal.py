"""The event loop that the clients of all tests ask their sites on.

A client would start one for every request, with a thread for it, which takes longer than the answer.
"""

from contextlib import ExitStack
from functools import cache

from anyio.from_thread import BlockingPortal, start_blocking_portal


@cache
def _opened() -> tuple[ExitStack, BlockingPortal]:
    stack = ExitStack()
    return stack, stack.enter_context(start_blocking_portal("asyncio"))


def portal() -> BlockingPortal:
    """This process's loop."""
    return _opened()[1]


def pytest_unconfigure() -> None:
    """Ends the loop after the last test."""
    if _opened.cache_info().currsize:
        _opened()[0].close()
        _opened.cache_clear()
