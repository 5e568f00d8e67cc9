"""The threads that requests are answered on: as many as there are connections to the database.

A thread pool of the standard library's hands a call over in a third of the time that Starlette's takes, which
can be cancelled half-way; an answer that was begun is always finished here.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """A number of worker threads; those who find none free wait in the order they came."""

    def __init__(self, number: int) -> None:
        self._executor = ThreadPoolExecutor(number, "answering")

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a call gives that is made on one of the threads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, partial(function, *args, **kwargs))
