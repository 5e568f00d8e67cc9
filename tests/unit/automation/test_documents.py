"""Documents: a step writes a file from a template, hangs it on the record, and a mail takes it along."""

from collections.abc import Callable
from typing import Any

from runtime.automation.dry_running import dry_run
from runtime.language.kinds.workflows import known_steps
from tests.support.crm import App
from tests.support.flows import Flows, with_workflow
from tests.support.mail import mail_server, send_all

Crm = Callable[..., App]
FLOW = """
module: deals
trigger: {changed: stage}
steps:
  - document: {template: offer}
    as: paper
  - document: {template: page}
    as: page
  - email: {template: sent, to: ada@example.com, attach: [=paper, =page]}
"""
TEMPLATES = """
    templates/documents/offer.yaml:
      module: deals
      name: "Offer {{ name }}"
      text: |
        To {{ account.name }}:
        {% for item in items %}{{ item.qty }} x {{ item.product }}
        {% endfor %}
    templates/documents/page.yaml:
      module: deals
      name: page
      html: "<h1>{{ name }}</h1>"
    templates/mail/sent.yaml:
      module: deals
      subject: Your offer
      text: See the file.
"""


def begun(crm: Crm, **more: Any) -> tuple[Flows, int]:
    flows = Flows(crm(with_workflow(FLOW) + TEMPLATES, **more))
    account = flows.save("accounts", name="Acme & Co")
    items = [{"product": "Cup", "qty": 2}]
    return flows, flows.save("deals", name="A/B <c>", account=account, items=items)


def test_a_document_becomes_a_file_of_the_record_that_is_handed_out_safely_and_mailed(crm: Crm) -> None:
    with mail_server() as box:
        flows, deal = begun(crm, settings={"TRELLIS_MAIL": box.address})
        flows.save("deals", deal, stage="won")
        send_all(flows.app)
        assert flows.states() == ["done"]
        with flows.site.database.read() as connection:
            files = flows.site.live.attachments.on(connection, deal)
        admin = flows.app.sign_in()
        answers = [admin.get(f"/app/files/{each}/content").response for each in files]
        assert answers[0].text == "To Acme & Co:\n2 x Cup\n"
        assert "Offer%20A-B%20-c-.txt" in answers[0].headers["content-disposition"]
        assert answers[1].text == "<h1>A/B &lt;c&gt;</h1>"
        for answer in answers:
            assert answer.headers["content-type"] == "application/octet-stream"
            assert answer.headers["content-disposition"].startswith("attachment")
            assert "sandbox" in answer.headers["content-security-policy"]
        (mail,) = box.mails
        parts = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
        assert parts["Offer A-B -c-.txt"].replace("\r\n", "\n") == "To Acme & Co:\n2 x Cup\n"
        assert parts["page.html"].strip() == "<h1>A/B &lt;c&gt;</h1>"


def test_a_dry_run_keeps_no_file(crm: Crm) -> None:
    flows, deal = begun(crm)
    flow = flows.site.live.catalog.workflows["flow"]
    tried = dry_run(flows.site, known_steps(), flow, deal, None, seconds=60)
    assert tried.first is not None
    assert [step.state for step in tried.first.steps] == ["done", "done", "done"]
    assert [letter.subject for letter in tried.letters] == ["Your offer"]
    assert flows.ids("files") == []
    assert not [*flows.site.files.kept_before(flows.site.clock.now())]
