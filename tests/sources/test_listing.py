"""The published table of formats."""

from pathlib import Path

from leakscope.sources.listing import table


def test_the_page_lists_what_is_there():
    """docs/formats.md is what the generator writes."""
    assert (Path(__file__).parents[2] / "docs" / "formats.md").read_text("utf-8") == table()
