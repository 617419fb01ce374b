"""Patterns that a short text made for them would slow down."""

from __future__ import annotations

import time

import pytest

from leakscope.catalogue import load
from leakscope.detection.backtracking import slowed_by


@pytest.mark.parametrize("pattern", [r"x(a+)+y", r"(?:a|aa)+$", r"(?:[a-z0-9]+[._-]?)+@corp\.net", r"(?P<value>(?:[A-Z]{2,}\s*)+)END", r"(?:[A-Za-z0-9'.-]{1,25} ?){1,6} [0-9]{5}", r"(\d+-)*\d+z", r"\s+\s+\s+x"])
def test_a_repeat_inside_another_is_found_out_soon(pattern: str) -> None:
    """Exponential and polynomial ones, within seconds."""
    begin = time.process_time()
    assert slowed_by(pattern, "none", ignore_case=False) is not None
    assert time.process_time() - begin < 10


@pytest.mark.parametrize("pattern", [r"k-[a-z]{8}", r"BDG-[0-9]{6}", r"\w+@corp\.net", r"[\w.]{1,64}@corp\.net", r"acct[-_ ]?(?:no|id)[:= ]+[0-9]{6,}", r"(?:ab|cd)+-[0-9]+"])
def test_a_plain_pattern_passes(pattern: str) -> None:
    """With repeats beside one another, bounded ones and choices."""
    assert slowed_by(pattern, "alnum", ignore_case=False) is None


@pytest.mark.slow
def test_no_pattern_of_the_catalogue_is_slow() -> None:
    """On the texts made from each of them."""
    assert [rule.id for rule in load().detectors if slowed_by(rule.pattern, str(rule.boundary), rule.ignore_case)] == []
