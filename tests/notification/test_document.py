"""The generated documents are those that the law files give, and rows grow old."""

from datetime import date

from leakscope.notification.document import SCHEMA, TABLE, last_checked, schema_text, stale, table
from leakscope.notification.law import jurisdictions
from leakscope.notification.worked import DAY


def test_the_table_of_jurisdictions_is_what_the_files_say():
    """`python -m leakscope.notification.document` writes it again."""
    assert TABLE.read_text("utf-8") == table()
    assert SCHEMA.read_text("utf-8") == schema_text()


def test_every_row_is_in_the_table_with_its_confidence():
    """One line per version; rows from memory say that they were never checked."""
    lines = {line.split(" | ")[0].removeprefix("| "): line for line in table().partition("## Where")[0].splitlines() if line.startswith("| ")}

    assert set(jurisdictions()) <= set(lines)
    assert lines["UK"].endswith("| verified-secondary | 2026-11 |")
    assert all(lines[row.id].endswith("| memory | never |") for row in jurisdictions().values() if row.versions[-1].confidence.unverified)


def test_every_address_of_a_row_is_listed_under_the_table():
    """Counsel opens from the page what was read."""
    page = table()

    assert all(f"]({address})" in page for row in jurisdictions().values() for version in row.versions for address in version.confidence.addresses if address)


def test_rows_grow_old_after_180_days_unless_they_are_marked():
    """Today none is too old; a year later all that were once checked are, and those from memory stay marked."""
    assert stale(DAY) == []
    later = stale(date(2027, 12, 1))

    assert "US-TX" in later
    assert not {row.id for row in jurisdictions().values() if all(version.confidence.unverified for version in row.versions)} & set(later)


def test_the_newest_month_of_a_range_counts():
    """`2025-09..2026-06` was last checked at the end of June 2026."""
    assert last_checked(jurisdictions()["US-TX"].versions[0]) == date(2026, 6, 30)
