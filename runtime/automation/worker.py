"""The worker: claims what waits, runs it, keeps its claim while it runs, and says how it ended."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from runtime.automation.background import Background
from runtime.automation.calling import Calling
from runtime.automation.clocks import Clocks
from runtime.automation.context import Context, Signals
from runtime.automation.following import Following
from runtime.automation.interrupted import CancelledError, StoppedError
from runtime.automation.operations.base import LaterError, Operation, OperationError
from runtime.automation.place import Place, Snapshot
from runtime.automation.running import TAKEN, Runner
from runtime.automation.telling import Telling
from runtime.base.messages import message, to_json
from runtime.identity.actor import SYSTEM, Actor
from runtime.identity.users import Users
from runtime.language.kinds.workflows import known_steps
from runtime.records import outbox
from runtime.records.undo import cause_of
from runtime.storage.errors import OutdatedError, StorageError
from runtime.storage.inbox import Inbox
from runtime.storage.mails import Mails
from runtime.storage.operations import CANCELLED, DONE, FAILED, ClaimLostError, StoredOperation
from runtime.storage.quarantined import prune_quarantine
from runtime.storage.runs import Runs
from runtime.storage.webhooks import Webhooks

log = logging.getLogger("trellis.background")

LEASE = timedelta(seconds=30)
"""How long a worker that is not heard of keeps an operation."""
TURN = 20.0
"""Seconds after which an operation that keeps what it has done lets others go on that wait."""
LOOK_SECONDS = 2.0
"""So long, at the least, between two looks at what was saved and whom there is something to tell."""
TOLD_EVERY = 1.0
"""Seconds between two looks at what a run tells of its progress."""
BEHIND = timedelta(seconds=15)
"""When an operation is tried again that needs a newer revision than this worker can read."""
KEPT = timedelta(days=30)
"""How long an operation that has ended is remembered."""
KEPT_WORDS = timedelta(days=90)
"""How long people's inboxes go back."""

BROKEN = message("Something went wrong here. The log of the worker has it under operation {id}.")
GIVEN_UP = message("It was begun several times, and each time its worker ended before it got any further.")
GONE = message("Who asked for this may not sign in any more.")


class Worker:
    """Does a site's background work, in as many threads as call :meth:`drain`."""

    def __init__(
        self,
        site: Place,
        background: Background,
        name: str,
        lease: timedelta = LEASE,
        stopping: threading.Event | None = None,
    ) -> None:
        """``name`` must be another for each process that lives at the same time. When ``stopping`` is set,
        what runs ends after its batch.
        """
        self.name = name
        self.stopping = stopping or threading.Event()
        self._site = site
        self._background = background
        self._operations = background.operations
        self._lease = lease
        self._looking = threading.Lock()
        self._looked = float("-inf")
        self._clocks = Clocks(site, Runs(site.clock), background)
        self._following = Following(site)
        self._calling = Calling(site, name)
        self._telling = Telling(site)
        self._runner = Runner(site, known_steps(), name, lease, self.stopping)

    def drain(self) -> int:
        """Do what waits until nothing does or the worker is to stop; says how many. In each round each kind
        of work has its turn, so that however much there is of one, the others go on.
        """
        count, runs, done = 0, 0, 1
        while done and not self.stopping.is_set():
            self._look()
            runs = self._runner.take_turn(more=runs == TAKEN)
            done = runs + self._run_one() + self._calling.call_one()
            count += done
        return count

    def has_work(self) -> bool:
        """Whether something waits, or is due: a cheap look."""
        self._site.refresh()
        self._look()
        return self._has_something_waiting()

    def _has_something_waiting(self) -> bool:
        with self._site.database.read() as connection:
            if self._operations.has_claimable(connection) or self._runner.runs.has_claimable(connection):
                return True
        return self._calling.has_due()

    def stop(self) -> None:
        """Have what runs end after its batch; another worker goes on with it."""
        self.stopping.set()

    def give_up(self) -> None:
        """Give up what was begun again and again and never got further."""
        with self._site.database.read() as connection:
            if not self._operations.has_stuck(connection):
                return
        with self._site.database.write() as tx:
            given_up = self._operations.give_up(tx, to_json(GIVEN_UP))
        log.error("%s operations were begun too often, and are given up", given_up)

    def tidy(self) -> None:
        """Forget what is over long ago, start what is due by itself, and go on with what is owed."""
        now = self._site.clock.now()
        before = now - KEPT
        with self._site.database.write() as tx:
            self._operations.prune(tx, before)
            outbox.prune_outbox(tx, now - outbox.KEPT)
            self._runner.runs.prune(tx, before)
            prune_quarantine(tx, now)
            Mails(self._site.clock).prune(tx, before)
            Webhooks(self._site.clock).prune(tx, before)
            Inbox(self._site.clock).prune(tx, now - KEPT_WORDS)
        self._site.expire()
        self._start_what_is_due()
        self._resume_what_is_owed()

    def _resume_what_is_owed(self) -> None:
        for kind in self._background.kinds.values():
            if not kind.resumable:
                continue
            with self._site.database.write() as tx:
                for operation_id in kind.owed(tx, self._site.clock):
                    self._background.resume(tx, operation_id, None)

    def _start_what_is_due(self) -> None:
        for kind in self._background.kinds.values():
            if kind.every is None:
                continue
            since = self._site.clock.now() - kind.every
            with self._site.database.write() as tx:
                if not self._operations.was_started(tx.connection, kind.name, since):
                    self._background.start(tx, kind.name, {}, SYSTEM)

    def free(self) -> None:
        """End the leases of an earlier worker of this name, which is dead."""
        with self._site.database.write() as tx:
            self._operations.free(tx, self.name)
            self._runner.free(tx)
            self._calling.free(tx)
            Mails(self._site.clock).free(tx, self.name)

    def _look(self) -> None:
        """See what the clock says, what was saved, and whom there is something to tell."""
        self._clocks.tick()
        if time.monotonic() < self._looked + LOOK_SECONDS or not self._looking.acquire(blocking=False):
            return
        try:
            self._following.follow()
            self._telling.tick()
            self._looked = time.monotonic()
        finally:
            self._looking.release()

    def _claim(self) -> StoredOperation | None:
        with self._site.database.read() as connection:
            if not self._operations.has_claimable(connection):
                return None
        with self._site.database.write() as tx:
            return self._operations.claim(tx, self.name, self._lease)

    def _run_one(self) -> bool:
        """Run the operation that has waited longest; False where none waits."""
        operation = self._claim()
        if operation is not None:
            self._run(operation)
        return operation is not None

    def _run(self, operation: StoredOperation) -> None:
        log.info("operation %s (%s) begins, claim %s", operation.id, operation.kind, operation.claim)
        end = time.monotonic() + TURN
        signals = Signals(
            self.stopping, is_turn_over=lambda: time.monotonic() > end and self._has_something_waiting()
        )
        try:
            self._end(operation, self._outcome(operation, signals))
        except ClaimLostError:
            log.warning("operation %s was taken over by another worker", operation.id)
        except StorageError as error:
            log.warning("operation %s waits for its lease to end: %s", operation.id, error)

    def _outcome(self, operation: StoredOperation, signals: Signals) -> "_Ended | _GivenBack":
        live: Snapshot | None = None
        try:
            self._site.refresh()
            live = self._site.live
            kind = self._kind(operation)
            actor = self._actor(operation)
            seen = live.seen_by(actor)
            context = Context(self._site, seen, actor, operation, self._operations, self._lease, signals)
            if operation.cancel_at is not None:
                raise CancelledError
            with self._beating(context, signals):
                return _Ended(DONE, result=dict(kind.run(context)))
        except OperationError as wrong:
            return _Ended(FAILED, error=to_json(wrong.reason))
        except CancelledError:
            return _Ended(CANCELLED)
        except LaterError as later:
            return _GivenBack(max(later.after, timedelta(seconds=1)), tried=False)
        except StoppedError:
            return _GivenBack(timedelta(), tried=False)
        except ClaimLostError:
            raise
        except OutdatedError:
            behind = live is not None and not self._site.refresh() and self._site.live is live
            return _GivenBack(BEHIND if behind else timedelta(), tried=False)
        except StorageError as error:
            log.warning("operation %s is tried again: %s", operation.id, error)
            return _GivenBack(timedelta(seconds=2**operation.attempts), tried=True)
        except Exception:
            log.exception("operation %s failed", operation.id)
            return _Ended(FAILED, error=to_json(message(BROKEN.text, id=operation.id)))

    def _end(self, operation: StoredOperation, outcome: "_Ended | _GivenBack") -> None:
        with self._site.database.write() as tx:
            if isinstance(outcome, _GivenBack):
                self._operations.give_back(tx, operation, later=outcome.later, tried=outcome.tried)
            else:
                self._operations.finish(tx, operation, outcome.state, outcome.result, outcome.error)
        log.info("operation %s: %s", operation.id, outcome)

    def _kind(self, operation: StoredOperation) -> Operation:
        if operation.kind not in self._background.kinds:
            raise OperationError(message('There is no kind of operation "{kind}".', kind=operation.kind))
        return self._background.kinds[operation.kind]

    def _actor(self, operation: StoredOperation) -> Actor:
        cause = cause_of(operation.id)
        if operation.user_id is None:
            return replace(SYSTEM, cause=cause)
        live = self._site.live
        with self._site.database.read() as connection:
            user = Users(live.tables).active(connection, operation.user_id)
        if user is None:
            raise OperationError(GONE)
        actor = user.actor("operation", live.catalog.languages[0], live.catalog.timezone)
        return replace(actor, cause=cause)

    @contextmanager
    def _beating(self, context: Context, signals: Signals) -> Iterator[None]:
        """Keep the claim, and write down what is told of the progress, while the operation runs."""
        ended = threading.Event()
        beat = threading.Thread(
            target=self._beat, args=(context, signals, ended), name=f"beat-{context.id}", daemon=True
        )
        beat.start()
        try:
            yield
        finally:
            ended.set()
            beat.join(timeout=self._lease.total_seconds())

    def _beat(self, context: Context, signals: Signals, ended: threading.Event) -> None:
        told, silent, patience = context.told, 0.0, self._lease.total_seconds() / 3
        pause = min(TOLD_EVERY, patience)
        while not ended.wait(pause):
            silent += pause
            if context.told == told and silent < patience:
                continue
            told, silent = context.told, 0.0
            try:
                with self._site.database.write() as tx:
                    cancel = self._operations.beat(tx, context.operation, self._lease, told)
            except ClaimLostError:
                signals.lost.set()
                return
            except StorageError:
                continue
            if cancel:
                signals.cancel.set()


@dataclass(frozen=True, slots=True)
class _Ended:
    state: str
    result: dict[str, object] | None = None
    error: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class _GivenBack:
    later: timedelta
    tried: bool
