"""How far a rule was checked, and where what was read stands."""

import pytest

from leakscope.notification.confidence import Confidence, is_web_address
from leakscope.notification.law import jurisdictions

VERSIONS = [(f"{name}-{place}", version) for name, row in jurisdictions().items() for place, version in enumerate(row.versions)]


def test_each_source_goes_with_its_own_address():
    """Titles and addresses stand in one order."""
    held = Confidence(level="verified-primary", sources=("statute", "note"), addresses=("https://law.example/1", "https://firm.example/2"))

    assert held.read == (("statute", "https://law.example/1"), ("note", "https://firm.example/2"))
    assert Confidence(level="verified-weak", sources=("survey",)).read == (("survey", None),)
    assert Confidence(level="verified-weak", sources=("survey", "note"), addresses=("", "https://firm.example/2")).read == (("survey", None), ("note", "https://firm.example/2"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": "certain"},
        {"level": "verified-primary", "sources": ("a", "b"), "addresses": ("https://law.example",)},
        {"level": "verified-primary", "sources": ("a",), "addresses": ("law.example/1",)},
        {"level": "verified-primary", "sources": ("a",), "addresses": ("javascript:alert(1)",)},
    ],
)
def test_a_level_or_address_that_cannot_be_is_refused(wrong):
    """A file with a wrong level, a wanting address or one that is none of the web does not load."""
    with pytest.raises(ValueError):
        Confidence(**wrong)


@pytest.mark.parametrize(("text", "expected"), [("https://law.example/a?b=c#d", True), ("http://law.example", True), ("ftp://law.example", False), ("https://nowhere", False), ("https://law.example/a b", False), ('https://law.example/"', False), ("https://law.example/(a)", False)])
def test_an_address_is_a_whole_one_of_the_web(text, expected):
    """Nothing that a report could not show as a link."""
    assert is_web_address(text) is expected


def test_a_duty_with_a_level_of_its_own_does_not_borrow_the_sources_of_its_row():
    """What was read for the row says nothing of a duty from memory; its note comes after the row's."""
    held = Confidence(level="verified-primary", sources=("statute",), addresses=("https://law.example/1",), as_of="2026-11", note="read whole")
    own = held.to_dict(level="memory", note="not in the statute")

    assert (own["level"], own["sources"], own["addresses"], own["unverified"]) == ("memory", [], [], True)
    assert own["note"] == "read whole; not in the statute"
    assert held.to_dict()["sources"] == ["statute"]


@pytest.mark.parametrize("version", [version for _, version in VERSIONS], ids=[name for name, _ in VERSIONS])
def test_what_is_verified_names_what_was_read(version):
    """No level above memory without a source."""
    assert version.confidence.unverified or version.confidence.sources
