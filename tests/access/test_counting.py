"""How many records there are, for those who see some of them."""

import re

from tests.access.office import Office, office

__all__ = ["office"]


def test_a_long_list_of_some_records_is_there_before_they_are_counted(office: Office) -> None:
    for number in range(30):
        office.deal(f"Deal {number}", "sam")
        office.deal(f"Other {number}", "ceo")
    sam = office.browser("sam")
    page = sam.get("/app/deals?limit=25").text
    assert "25 of 25+" in page
    asked = re.search(r'hx-get="(/app/deals/count[^"]*)"', page)
    assert asked is not None
    assert sam.get(asked[1].replace("&amp;", "&")).text == "25 of 30"
    assert "30 of 30" in sam.get("/app/deals").text
    assert "25 of 60" in office.browser("ceo").get(asked[1]).text
