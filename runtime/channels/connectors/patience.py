"""Asks what cannot be told to end, such as a name server, and waits for the answer only so long."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 16
"""How many questions may be open at one time, those that nobody waits for any more among them."""


class Patience:
    """Asks in a thread beside, which is left to its end when nobody waits for it any more."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._places = threading.BoundedSemaphore(at_once)

    def ask(self, question: Callable[[], T], seconds: float) -> T:
        """The answer; raises TimeoutError when it is not there in time, and what the question raises."""
        if not self._places.acquire(timeout=max(seconds, 0.001)):
            raise TimeoutError("too many questions are open")
        answer: Future[T] = Future()
        threading.Thread(target=self._settle, args=(question, answer), daemon=True).start()
        return answer.result(max(seconds, 0.001))

    def _settle(self, question: Callable[[], T], answer: "Future[T]") -> None:
        try:
            answer.set_result(question())
        except Exception as problem:  # noqa: BLE001 (who asks gets it)
            answer.set_exception(problem)
        finally:
            self._places.release()
