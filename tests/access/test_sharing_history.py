"""That a record was shared by hand stands in its history, where it is told and not undone."""

from tests.access.office import Office, office
from tests.support.crm import Page

__all__ = ["office"]


def history(office: Office, name: str, deal: int) -> Page:
    tabs = office.browser(name)
    first = tabs.get(f"/app/deals/{deal}")
    return first if "Created" in first else tabs.get(f"/app/deals/{deal}?tab=history")


def test_a_records_history_tells_with_whom_it_was_shared_and_that_it_was_taken_back(office: Office) -> None:
    import re

    deal, sam = office.deal("mine", "sam"), office.browser("sam")
    sam.post(f"/app/deals/{deal}/share", to=str(office.ids["sue"]), level="write")
    told = history(office, "sam", deal)
    assert "Shared with Sue: May change it" in told
    assert "Shared with Sue: May change it" in history(office, "sue", deal)
    (back,) = re.findall(r'name="back" value="(\d+)"', sam.get(f"/app/deals/{deal}/share").text)
    sam.post(f"/app/deals/{deal}/share", back=back)
    told = history(office, "sam", deal)
    assert "Shared no more with Sue" in told
    assert "/undo/" not in told.text


def test_sharing_changes_no_version_and_holds_up_no_edit(office: Office) -> None:
    deal = office.deal("mine", "sam")
    before = office.admin("GET", f"/deals/{deal}").json()["data"]["version"]
    office.browser("sam").post(f"/app/deals/{deal}/share", to=str(office.ids["sue"]), level="read")
    answer = office.program("sam")("PATCH", f"/deals/{deal}", json={"name": "still mine", "version": before})
    assert answer.status_code == 200, answer.text
