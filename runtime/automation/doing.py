"""What a step is handed while it runs: its settings worked out, and the one writer."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from runtime.automation.asking import ask_people, users_to_ask
from runtime.automation.filling import as_json, filled_in
from runtime.automation.place import Place, Snapshot
from runtime.automation.reading import Reading
from runtime.automation.starting import INPUTS, STEP, TOOL, Cause, start, told_of
from runtime.automation.writing_letters import (
    WrittenDocument,
    WrittenLetter,
    write_document,
    write_letter,
)
from runtime.automation.writing_values import as_rest
from runtime.base.messages import message, to_json
from runtime.expressions.literals import write_literal
from runtime.identity.actor import SYSTEM, Actor
from runtime.identity.addressed import Addressed
from runtime.identity.users import Users
from runtime.model.catalog import Collection, Expression, Field, Path, SortKey
from runtime.model.letters import Letter
from runtime.model.types import RecordType
from runtime.model.values import Pointer
from runtime.model.workflow import Filtered, People, Rows, Several, Step, Words
from runtime.records.attachments import hang
from runtime.records.change import Change, Refused
from runtime.records.linking import link_change
from runtime.records.stored import records_by_id
from runtime.steps import base
from runtime.steps.base import ANSWER, DATA, DOCUMENT, LETTER, RECORD, StepError, StepKind, Target
from runtime.storage.approvals import ESCALATED, Approvals
from runtime.storage.inbox import Inbox
from runtime.storage.query import Query
from runtime.storage.runs import Runs, StoredRun
from runtime.storage.senders import Senders, written_sender
from runtime.storage.switches import switched_off
from runtime.storage.transaction import Transaction


def key_of(run: StoredRun, place: str) -> str:
    """What tells a step of a run from all others."""
    return f"run-{run.id}-{place}"


class StepDoing:
    """See :class:`runtime.steps.base.Doing`."""

    def __init__(
        self,
        tx: Transaction,
        live: Snapshot,
        actor: Actor,
        run: StoredRun,
        place: str,
        runs: Runs,
        kept: Mapping[str, Any],
        site: Place,
        reached: object = None,
    ) -> None:
        self.key = key_of(run, place)
        self.reached = reached
        self.tx = tx
        self._live = live
        self._run = run
        self._runs = runs
        self._kept = kept
        self._site = site
        self._post = site.post
        self._files = site.files
        self._actor = actor
        self._parsing = live.parsing(actor, "rest")

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self._live.writer.plans.workplace.clock.now()

    @property
    def timezone(self) -> tzinfo:
        """The site's time zone."""
        return ZoneInfo(self._live.catalog.timezone)

    @property
    def record(self) -> Target:
        """The run's own record."""
        return Target(self._run.module, self._run.record_id or 0)

    def tags(self, target: Target, field: str) -> tuple[str, ...]:
        """The tags that a field of a record holds."""
        plans = self._live.writer.plans
        rows = records_by_id(self.tx.connection, plans[target.module], [target.id], plans.dialect, lock=False)
        held: Any = rows.get(target.id, {}).get(field)
        return tuple(held or ())

    def delete(self, target: Target) -> None:
        """Put a record into the bin."""
        change = Change(target.module, id=target.id, action="delete")
        (outcome,) = self._live.writer.save(self.tx, [change], self._actor, self._parsing)
        if isinstance(outcome, Refused):
            raise StepError(self._refusal(target.module, outcome))

    def link(
        self, collection: Collection, owner: Target, other: Target, says: Mapping[str, object] | None
    ) -> None:
        """Put a record into another one's list, or take it out of it."""
        change = link_change(collection, owner.id, other.id, says)
        (outcome,) = self._live.writer.save(self.tx, [change], self._actor, self._parsing)
        if isinstance(outcome, Refused):
            raise StepError(self._refusal(change.module, outcome))

    def hand_over(self, source: Target, to: Target) -> int:
        """Hang the files that hang on a record on another."""
        for each in (source, to):
            self.save(each.module, {}, each.id)  # refused where whose rights hold may not change it
        system = replace(SYSTEM.through("workflow"), cause=self._actor.cause, chain=self._actor.chain)
        count = 0
        while source.id != to.id and (files := self._live.attachments.on(self.tx.connection, source.id)):
            changes = [hang(to.module, to.id, each) for each in files]
            for outcome in self._live.writer.save(self.tx, changes, system, self._parsing):
                if isinstance(outcome, Refused):
                    raise StepError(self._refusal("files", outcome))
            count += len(files)
        return count

    def remembered(self) -> Mapping[str, Any]:
        """What this step has kept since it was begun."""
        return self._kept

    def run_formulas(self, target: Target) -> str:
        """Save a record as it stands."""
        change = Change(target.module, id=target.id)
        actor = self._actor.through("formulas")
        (outcome,) = self._live.writer.save(self.tx, [change], actor, self._parsing)
        if isinstance(outcome, Refused):
            raise StepError(self._refusal(target.module, outcome))
        return outcome.action

    def run_workflow(self, workflow: str, target: Target) -> int | None:
        """Have another workflow run for a record."""
        found = self._live.catalog.workflows.get(workflow)
        if found is None or found.module != target.module:
            raise StepError(message('There is no workflow "{workflow}" of {module} any more.',
                                    workflow=workflow, module=target.module))  # fmt: skip
        if not found.active or workflow in switched_off(self.tx.connection):
            return None
        cause = Cause(STEP, self.key, self._run.user_id, self._actor.chain)
        self.tx.after_commit(self._live.writer.plans.workplace.wake)
        return next(iter(start(self.tx, self._live, self._runs, found, [target.id], cause)), None)

    def keep_file(self, document: base.WrittenDocument, about: Target) -> Target:
        """Keep a document as a file that hangs on a record."""
        content = document.text.encode("utf-8")
        values: dict[str, object] = {
            "name": document.name,
            "content_type": "text/html" if document.name.endswith(".html") else "text/plain",
            "size": len(content),
            "sha256": self._files.keep(io.BytesIO(content), unlimited=True).sha256,
            "module": about.module,
            "record": about.id,
        }
        return self.save("files", values)[0]

    def run_tool(self, module: str, tool: str, target: Target, inputs: Mapping[str, object]) -> int | None:
        """Have a tool used for a record."""
        found = self._live.catalog.tools.get(module, {}).get(tool)
        if found is None or module != target.module:
            raise StepError(message('There is no tool "{tool}" any more.', tool=f"{module}.{tool}"))
        filled = filled_in(self.tx.connection, self._live, self._actor, found, target.id, inputs)
        told = {**told_of(self._actor), INPUTS: filled}
        cause = Cause(TOOL, self.key, self._run.user_id, self._actor.chain, told)
        self.tx.after_commit(self._live.writer.plans.workplace.wake)
        started = start(self.tx, self._live, self._runs, found.procedure, [target.id], cause)
        return next(iter(started), None)

    def find(self, module: str, values: Mapping[str, object]) -> Target | None:
        """The record made first that has these values, of those that the run may see."""
        known = self._live.catalog.modules[module]
        asked = " and ".join(f"{key} == {write_literal(value)}" for key, value in values.items())
        number = Path("id", (known.record_fields["id"],))
        query = Query(
            module,
            where=(self._live.condition(known, asked),),
            sort=(SortKey(number),),
            limit=1,
        )
        reader = self._live.seen_by(self._actor).reader
        rows = reader.page(self.tx.connection, query, self._live.moment(self._actor)).rows
        return Target(module, rows[0].id) if rows else None

    def as_json(self, module: str, values: Mapping[str, object]) -> dict[str, Any]:
        """Values of a module's fields as JSON."""
        return as_json(self._live, self._actor, self._live.catalog.modules[module].fields, values)

    def mail(
        self,
        people: Sequence[str],
        letter: base.WrittenLetter,
        reply_to: str,
        sender: str,
        files: Sequence[int],
    ) -> None:
        """Send a letter to each of these addresses."""
        written = self._sender(sender) if sender else ""
        letters = [
            Letter(
                f"{self.key}:{each}", "workflow", each, letter.subject, letter.text, html=letter.html,
                reply_to=reply_to, sender=written, opt_out=letter.opt_out, language=letter.language,
                files=tuple(files),
            )
            for each in people
        ]  # fmt: skip
        self._post.put(self.tx, letters)

    def _sender(self, address: str) -> str:
        """Who mail comes from: an active user, or somebody who has proven the address."""
        connection = self.tx.connection
        user = Users(self._live.tables).by_email(connection, address)
        if user is not None and user.active:
            return written_sender(user.name, user.email)
        known = Senders(self._runs.clock).find(connection, address)
        if known is None or not known.is_proven:
            raise StepError(
                message("Mail may not come from {address}: it is no user's, and nobody has proven it.",
                        address=address[:200])
            )  # fmt: skip
        return written_sender(known.name, known.address)

    def notify(self, people: Sequence[int] | None, text: str, about: Target | None) -> int:
        """Tell people in the CRM."""
        addressed = Addressed(self._live.tables)
        connection = self.tx.connection
        users = addressed.admins(connection) if people is None else addressed.users(connection, people)
        return Inbox(self._runs.clock).tell(
            self.tx,
            self.key,
            users,
            to_json(message("{said}", said=(text or self._called())[:2000])),
            (self._live.tables.module(about.module).table.name, about.id) if about is not None else None,
        )

    def approvers(self, people: Sequence[int] | None, role: str) -> list[int]:
        """The users who are asked."""
        return users_to_ask(self.tx, self._live, people, role)

    def ask_approval(self, people: Sequence[int], until: datetime | None) -> int:
        """Ask users to decide; gives the number of the request."""
        return ask_people(self.tx, self._site, self._live, self._run, self._called(), people, until)

    def decision(self, request: int) -> tuple[str, Mapping[str, Any]]:
        """What has become of a request."""
        found = Approvals(self._runs.clock).held(self.tx, request)
        if found is None:
            raise StepError(message("The request for approval is not there any more."))
        return found.state, {"by": found.decided_by, "comment": found.comment or ""}

    def close_request(self, request: int, state: str) -> None:
        """Nobody has decided in time."""
        Approvals(self._runs.clock).close(self.tx, request, state)

    def is_escalated(self) -> bool:
        """Whether the request before this one was not decided in time."""
        found = Approvals(self._runs.clock).latest_of(self.tx.connection, self._run.id)
        return found is not None and found.state == ESCALATED

    def _called(self) -> str:
        """What the run's workflow is called, in the site's language."""
        found = self._live.catalog.procedures.get(self._run.workflow)
        return found.label.in_language(self._live.catalog.languages[0]) if found else self._run.workflow

    def save(
        self, module: str, values: Mapping[str, object], id: int | None = None
    ) -> tuple[Target, str, tuple[str, ...]]:
        """Save a record."""
        change = Change(module, values, id=id)
        (outcome,) = self._live.writer.save(self.tx, [change], self._actor, self._parsing)
        if isinstance(outcome, Refused):
            raise StepError(self._refusal(module, outcome))
        return Target(module, outcome.id), outcome.action, tuple(values)

    def _refusal(self, module: str, refused: Refused) -> Any:
        known = self._live.catalog.modules[module]
        said = []
        for key, reasons in refused.errors.items():
            field = known.field(key.partition(".")[0])
            said += [str(reason) if field is None else f"{field.key}: {reason}" for reason in reasons]
        return message("{module}: {reasons}", module=known.key, reasons=" ".join(said)[:1000])


def given(kind: StepKind, step: Step, reading: Reading, live: Snapshot) -> dict[str, Any]:
    """A step's settings with what their expressions give; the steps inside it are left out.

    A record that is to be changed is locked first, so that what its fields get is made of what they hold.
    """
    found: dict[str, Any] = {}
    target = ""
    for key, setting in kind.settings.items():
        if setting.what == RECORD:
            target_record = reading.record(step.settings.get(key))
            found[key] = reading.lock(target_record) if kind.writes else target_record
    for key, value in step.settings.items():
        if key in found:
            continue
        if kind.settings[key].what in (LETTER, DOCUMENT):
            written = _letter if kind.settings[key].what == LETTER else _document
            found[key] = written(step, found, reading, live)
            continue
        if isinstance(value, Several):
            found[key] = reading.several(value, step.settings.get("where"))
        elif isinstance(value, Filtered):
            found[key] = reading.filtered(value, step.settings.get("where"))
        elif isinstance(value, People):
            found[key] = None if value.admins else [*_numbers(reading.values(value.of))]
        elif isinstance(value, Words):
            found[key] = [*_words(reading.values(value.of))]
        elif isinstance(value, Expression):
            if not ("in" in step.settings and key == "where"):
                (found[key],) = reading.values([value])
        elif isinstance(value, Mapping):
            if kind.settings[key].what == DATA:
                found[key] = _data(value, reading, live)
                continue
            if kind.settings[key].what == base.INPUTS:
                found[key] = dict(zip(value, reading.values(value.values()), strict=True))
                continue
            if kind.settings[key].what == ANSWER:
                found[key] = value
                continue
            target = target or _module(step, found)
            found[key] = _mapping(value, reading, live, target)
        elif not (isinstance(value, tuple) and all(isinstance(each, Step) for each in value)):
            found[key] = value
    return found


def _data(value: Mapping[str, Any], reading: Reading, live: Snapshot) -> dict[str, Any]:
    """Values by any name as REST writes them, maps of them inside."""
    found: dict[str, Any] = {}
    for key, each in value.items():
        if isinstance(each, Expression):
            (found[key],) = (as_rest(live.types, one) for one in reading.values([each]))
        else:
            found[key] = _data(each, reading, live) if isinstance(each, Mapping) else each
    return found


def _letter(step: Step, found: Mapping[str, Any], reading: Reading, live: Snapshot) -> WrittenLetter | None:
    """A letter about the record that the step is given; None where there is none."""
    target = found["record"]
    if target is None:
        return None
    template = live.catalog.letters.get(step.settings["template"])
    if template is None or template.module != target.module:
        raise StepError(message('There is no letter "{letter}" any more.', letter=step.settings["template"]))
    language = str(found.get("language") or live.catalog.languages[0])
    return write_letter(template, target, reading, live, language)


def _document(
    step: Step, found: Mapping[str, Any], reading: Reading, live: Snapshot
) -> WrittenDocument | None:
    """A document about the record that the step is given; None where there is none."""
    target, key = found["record"], step.settings["template"]
    if target is None:
        return None
    template = live.catalog.documents.get(key)
    if template is None or template.module != target.module:
        raise StepError(message('There is no document "{document}" any more.', document=key))
    language = str(found.get("language") or live.catalog.languages[0])
    return write_document(template, target, reading, live, language)


def _numbers(found: Sequence[object]) -> Iterator[int]:
    """The ids of people: where a field may mean records of several modules, of whichever it is."""
    for each in found:
        number = each.id if isinstance(each, Pointer) else each
        if isinstance(number, int):
            yield number


def _words(found: Sequence[object]) -> Iterator[str]:
    """Texts, and those of lists of texts; what is empty left out."""
    for each in found:
        yield from (str(one) for one in (each if isinstance(each, tuple) else (each,)) if one)


def _module(step: Step, found: Mapping[str, Any]) -> str:
    module = found.get("module")
    return str(module) if module is not None else ""


def _mapping(value: Mapping[str, Any], reading: Reading, live: Snapshot, module: str) -> dict[str, Any]:
    plain = {key: each for key, each in value.items() if isinstance(each, Expression)}
    found = dict(zip(plain, reading.values(plain.values()), strict=True))
    known = live.catalog.modules.get(module)
    result = {key: kept(known.field(key) if known else None, plain[key], each) for key, each in found.items()}
    for key, rows in value.items():
        if isinstance(rows, Rows):
            result[key] = _rows(rows, reading)
    return result


def kept(field: Field | None, expression: Expression, value: Any) -> Any:
    """What an expression gives, as the writer takes it."""
    kind = expression.type
    if (
        isinstance(value, int)
        and field is not None
        and "among" in field.settings
        and isinstance(kind, RecordType)
        and len(kind.modules) == 1
    ):
        return Pointer(kind.modules[0], value)
    return list(value) if isinstance(value, tuple) else value


def _rows(rows: Rows, reading: Reading) -> list[dict[str, Any]]:
    if rows.of is None:
        return [dict(zip(each, reading.values(each.values()), strict=True)) for each in rows.values]
    (values,) = rows.values
    targets = reading.several(rows.of)
    found = reading.of_each(rows.of.collection.target, [each.id for each in targets], list(values.values()))
    return [dict(zip(values, each, strict=True)) for each in found]
