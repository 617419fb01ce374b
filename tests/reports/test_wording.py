"""Deadlines by the clocks of those who must keep them, and secrets in the same words everywhere."""

import pytest

from leakscope.reports.secret_wording import seen_in, whose
from leakscope.reports.wording import due, due_short

NEW_YORK = {"instant": "2025-03-01T04:59:59Z", "time_zone": "America/New_York"}
BERLIN = {"instant": "2025-02-01T18:10:00Z", "time_zone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("deadline", "long", "short"),
    [
        (NEW_YORK, "end of Fri 2025-02-28, New York time (2025-03-01 04:59 UTC)", "end of 2025-02-28 there"),
        (BERLIN, "Sat 2025-02-01 19:10 Berlin time (18:10 UTC)", "2025-02-01 19:10 Berlin"),
        ({**BERLIN, "time_zone": "Europe/London"}, "2025-02-01 18:10 UTC", "2025-02-01 18:10 UTC"),
        ({"instant": "2025-02-01T18:10:00Z"}, "2025-02-01 18:10 UTC", "2025-02-01 18:10 UTC"),
        ({"instant": None}, "Not stated", "Not stated"),
    ],
)
def test_a_deadline_is_told_by_local_clocks_and_in_utc(deadline, long, short):
    """The day that people must remember comes first; assessments without a zone stay in UTC."""
    assert (long, short) == (due(deadline), due_short(deadline))


@pytest.mark.parametrize(
    ("basis", "owner", "words"),
    [("author", "person-1", "written by person-1"), ("linked", None, "part of the data of 2 people"), ("alone", "person-1", "only person-1 in its records"), (None, None, "")],
)
def test_whose_a_secret_is_has_one_wording(basis, owner, words):
    """By the reason that the evidence gives."""
    assert words == whose({"people": 2, "owner_person": owner, "owner_basis": basis})


def test_nobodys_secret_is_nobodys():
    """No person, no words."""
    assert whose({"people": 0, "owner_person": None, "owner_basis": None}) == ""


def test_a_secret_tells_the_services_and_days_that_held_it():
    """Whom to ask, and which logs to read."""
    row = {"records": 4, "services": ["api", "mail", "shop", "web", "worker"], "first_seen": "2025-01-10T08:00:00Z", "last_seen": "2025-01-12T09:00:00Z"}

    assert seen_in(row) == "4 records of api, mail, shop and 2 more services, 2025-01-10 to 2025-01-12"
    assert seen_in({"records": 1, "services": [], "first_seen": None, "last_seen": None}) == "1 record"
