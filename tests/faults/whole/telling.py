"""Telling what a whole trial was like, in figures."""

from tests.faults.whole.verdict import Verdict
from tests.faults.whole.victims import Victim


def told(verdict: Verdict) -> str:
    """One line."""
    trial, counts = verdict.trial, verdict.trial.clients.counts
    ground = trial.ground
    heard, repeats = ground.outside.heard, verdict.repeats
    accepted = trial.clients.accepted
    visits = len(accepted["visits"])
    refused = sum(not each.taken for each in heard["call"])
    return (
        f"battered for {trial.took['battered']:.0f} s, done {trial.took['drained']:.0f} s later. "
        f"{_ended(trial.web, 'requests in flight')}; {_ended(trial.worker, 'work in hand')}. "
        f"{len(accepted['items'])} items, {len(trial.clients.ready)} changes, {visits} visits, "
        f"{len(ground.imports) * ground.rows} imported rows, {verdict.runs} runs: 0 lost, 0 doubled. "
        f"Saves: {counts['broken']} requests broken off, {counts['replayed']} of them had landed; "
        f"{counts['answered after SIGTERM']} were in flight at a SIGTERM and answered, 0 cut. "
        f"Outside: {len(heard['call'])} calls, {len(heard['hook'])} webhooks, {len(heard['mail'])} mails; "
        f"repeated after kills: {repeats['call']} calls, {repeats['hook']} webhooks, "
        f"{repeats['mail']} mails, and {refused} calls that were answered 503: "
        "each under its first key with its first text."
    )


def _ended(victim: Victim, busy: str) -> str:
    tally = victim.tally
    signals = f"{tally.signals['SIGKILL']} SIGKILLs and {tally.signals['SIGTERM']} SIGTERMs"
    slowest = f"slowest start {tally.slowest_start:.1f} s, slowest end {tally.slowest_end:.1f} s"
    return f"{victim.name}: {signals}, {tally.at_work} amid {busy} ({slowest})"
