"""Records and values of a data class are counted once, and so are the records that hold anything."""

from __future__ import annotations

from leakscope.severity.counts import element_counts, telling_records
from tests.severity.people import assessed, findings_of


def test_two_kinds_of_finding_of_one_class_count_a_record_once():
    """A German and a French number in one record are one record, two values."""
    found = findings_of(("DE_TAX_ID", 1, "a"), ("IT_FISCAL_CODE", 1, "b"), ("DE_TAX_ID", 2, "a"))
    counts = {row["element"]: (row["records"], row["values"]) for row in element_counts(found).iter_rows(named=True)}

    assert {(2, 2)} == set(counts.values())


def test_records_of_several_kinds_add_up_where_they_differ():
    """The largest kind alone would say two."""
    found = findings_of(("DE_TAX_ID", 1, "a"), ("DE_TAX_ID", 2, "b"), ("IT_FISCAL_CODE", 3, "c"))
    rows = {row["data_class"]: row["records"] for row in assessed({"p": ["tax_id"]}, findings=found).impact_summary()}

    assert rows["tax_id"] == 3


def test_records_that_tell_something_are_counted_once():
    """Personal data and secrets tell; the name of a firm alone does not make another record."""
    found = findings_of(("EMAIL_ADDRESS", 1, "a"), ("PHONE_NUMBER", 1, "b"), ("SECRET_API_KEY", 2, "c"), ("DATE_TIME", 3, "d"))

    assert telling_records(found) == 2
