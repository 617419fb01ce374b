"""Regions: every match of an expression stands in one run without blanks, as long as is said, with its mark."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakscope.catalogue import load
from leakscope.detection.expressions import native
from leakscope.detection.native.positions import Expression
from leakscope.detection.native.regions import MARK, region_of
from leakscope.detection.native.wanted import of_pattern

RULES = {rule.id: rule for rule in load().detectors}
IN_REGIONS = sorted(name for name, rule in RULES.items() if region_of((of_pattern(rule),))[0])


@pytest.mark.parametrize(
    ("patterns", "region"),
    [
        (("[a-z]{3}@[a-z]{2}",), (6, MARK)),
        (("[a-z]{3}@[a-z]{2}", "[0-9]{9}"), (6, 0)),
        (("(?:^|[^a-z])[a-z]{5}(?:[^a-z]|$)",), (5, 0)),
        (("[a-z]{5} [a-z]{5}",), (0, 0)),
        (("[^\\s]{4}",), (4, 0)),
        ((" {2}abc",), (0, 0)),
    ],
)
def test_a_region_is_as_long_as_the_shortest_match_and_has_no_blank(patterns: tuple[str, ...], region: tuple[int, int]) -> None:
    """A symbol beyond its edges may be a blank; a mark counts when every match holds it."""
    assert region_of(tuple(map(Expression, patterns))) == region


@settings(max_examples=500, deadline=None)
@given(data=st.data())
def test_a_match_of_a_rule_in_regions_has_such_a_region(data: st.DataObject) -> None:
    """Text made from the pattern itself is the oracle; one character on either side may stand outside."""
    rule = RULES[data.draw(st.sampled_from(IN_REGIONS))]
    least, mark = region_of((of_pattern(rule),))
    text = data.draw(st.from_regex(re.compile(native(rule.pattern), re.ASCII | (re.IGNORECASE if rule.ignore_case else re.NOFLAG)), fullmatch=True))
    inner = [text[first : len(text) - last] for first in (0, 1) for last in (0, 1)]
    assert any(not re.search(r"[ \t\n\r\f\v]", one) and len(one.encode()) >= least and (not mark or chr(mark) in one) for one in inner)
