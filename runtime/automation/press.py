"""The press: has texts written from templates, in a child process with limits.

The child (:mod:`runtime.automation.press_child`) is begun when the first text is wanted and lives as long as
this process. One that takes too long, wants too much memory, or writes too much, is ended: the text fails
with a sentence, and the next one gets a child anew.
"""

import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runtime.automation.press_child import packed, receive, send
from runtime.base.messages import message
from runtime.steps.base import StepError

LONGEST = 1_000_000
"""Characters of one text."""
MEMORY = 512 << 20
"""Bytes of address space that the child has, its program included."""
SECONDS = 5
"""Of work, for one text."""
PATIENCE = 30.0
"""Seconds after which a child is given up that gives no answer, however little it works."""
_ROOT = Path(__file__).parents[2]
_BEGIN = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from runtime.automation.press_child import main
main()
"""


class Press:
    """Writes texts, one at a time."""

    def __init__(
        self,
        *,
        longest: int = LONGEST,
        memory: int = MEMORY,
        patience: float = PATIENCE,
        command: Sequence[str] = (),
    ) -> None:
        """``command`` is what the child runs, where it is another program than the press's own."""
        self._longest = longest
        self._patience = patience
        self._command = [*command] or [
            *(sys.executable, "-I", "-c", _BEGIN),
            *(str(_ROOT), str(memory), str(SECONDS), str(longest)),
        ]
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def write(self, text: str, values: Mapping[str, Any], *, html: bool) -> str:
        """A template with values: each key is one value, or the rows of a loop. Raises :class:`StepError`."""
        job = {"text": text, "html": html, "values": {key: _plain(each) for key, each in values.items()}}
        with self._turn:
            answer = self._ask(job)
        if answer is None:
            raise StepError(message("The text took too long to write, or too much memory."))
        match answer.get("error"):
            case None:
                return str(answer["text"])
            case "long":
                raise StepError(message("The letter is longer than {most} characters.", most=self._longest))
            case "memory":
                raise StepError(message("The text took too long to write, or too much memory."))
        why = str(answer.get("why", ""))
        raise StepError(message("The text could not be written: {why}", why=why))

    def close(self) -> None:
        """End the child."""
        with self._turn:
            self._end()

    def _ask(self, job: Mapping[str, Any]) -> dict[str, Any] | None:
        child = self._child
        if child is None or child.poll() is not None:
            self._end()
            child = self._begin()
        assert child.stdin is not None
        assert child.stdout is not None
        over = threading.Timer(self._patience, child.kill)
        over.daemon = True
        over.start()
        try:
            send(child.stdin, job)
            answer = receive(child.stdout)
        except (OSError, ValueError):  # it has ended, or what it says is no answer
            answer = None
        finally:
            over.cancel()
        if answer is None:
            self._end()
        return answer

    def _begin(self) -> subprocess.Popen[bytes]:
        self._child = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what was not yet handed over is of no use
                    continue
        child.wait()


def _plain(value: Any) -> Any:
    """The rows of a loop, or one value."""
    if isinstance(value, list) and all(isinstance(each, Mapping) for each in value):
        return [{key: packed(each) for key, each in row.items()} for row in value]
    return packed(value)
