"""Position automata: whatever an expression matches somewhere, its trigger stands there too."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leakscope.catalogue import load
from leakscope.detection.expressions import expression_of
from leakscope.detection.native import build, scan
from leakscope.detection.native.needs import needs_of
from leakscope.detection.native.positions import utf8_ranges
from leakscope.detection.native.tables import tables_of
from leakscope.detection.native.wanted import of_keyword
from leakscope.text.words import keyword_expression, text_words

POINTS = st.integers(0x80, 0x10FFFF).filter(lambda point: not 0xD800 <= point < 0xE000)


@settings(max_examples=300, deadline=None)
@given(ends=st.tuples(POINTS, POINTS), point=POINTS)
def test_ranges_of_bytes_hold_just_the_code_points_of_a_range(ends: tuple[int, int], point: int) -> None:
    """UTF-8 as Python writes it is the oracle."""
    low, high = sorted(ends)
    written = chr(point).encode()
    held = any(len(one) == len(written) and all(first <= byte <= last for (first, last), byte in zip(one, written, strict=True)) for one in utf8_ranges(low, high))
    assert held == (low <= point <= high)


def test_what_a_rule_needs_is_in_every_example_it_matches() -> None:
    """Length, digits and runs, for every rule of the catalogue."""
    members = ("[0-9A-Fa-f]+", "[0-9A-Za-z]+", r"[^\x00-\x20]+")
    for rule in load().detectors:
        characters, digits, run, kind = needs_of(rule)
        for text in rule.examples:
            found = expression_of(rule).search(text)
            if found is None:
                continue
            longest = max((len(one) for one in re.findall(members[kind], text)), default=0)
            assert (len(text) >= characters, sum(c in "0123456789" for c in text) >= digits, longest >= run) == (True, True, True), rule.id


@pytest.mark.skipif(build.compiler() is None, reason="no C compiler")
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_keyword_that_the_plain_search_sees_has_its_trigger(data: st.DataObject, every_trigger: tuple[scan.NativeScan, dict[str, set[int]]]) -> None:
    """In camel case, in capitals, with anything that is no word between its parts."""
    scanner, numbers = every_trigger
    word = data.draw(st.sampled_from(sorted(numbers)))
    written = data.draw(st.sampled_from([word, word.upper(), word.title(), word.replace(" ", "_"), word.replace(" ", ""), "my" + word.title().replace(" ", "")]))
    text = data.draw(st.text(max_size=5)) + written + data.draw(st.text(max_size=5))
    if keyword_expression((word,)).search(text_words(text)):
        assert scanner.triggers(text) & numbers[word]


PIECES = st.one_of(
    st.sampled_from([text for rule in load().detectors for text in rule.examples]).flatmap(lambda text: st.integers(0, len(text)).map(lambda cut: text[:cut])),
    st.sampled_from([word for rule in load().detectors for word in (*rule.keywords, *rule.anchors)]),
    st.text("0123456789 -./()+:@", max_size=20), st.text("abcdefXYZ0189+/=_- ", max_size=40), st.text(max_size=5),
)  # fmt: skip


@pytest.mark.skipif(build.compiler() is None, reason="no C compiler")
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(parts=st.lists(PIECES, max_size=8))
def test_reading_together_and_in_regions_finds_what_reading_everything_finds(parts: list[str], every_trigger: tuple[scan.NativeScan, dict[str, set[int]]]) -> None:
    """Beginnings of what rules look for, words, numbers and tokens, joined in any order."""
    scanner, text = every_trigger[0], "".join(parts)
    assert scanner.triggers(text) == scanner.triggers(text, plainly=True)


@pytest.fixture(scope="module")
def every_trigger() -> tuple[scan.NativeScan, dict[str, set[int]]]:
    """A scan and the numbers of its keywords' triggers, from the rules that ask for one word alone."""
    detectors = load().detectors
    tables = tables_of(detectors, 0.5)
    numbers: dict[str, set[int]] = {}
    for index, rule in enumerate(detectors):
        listed = tables.keyword[tables.keyword_at[index] : tables.keyword_at[index + 1]].tolist()
        if len(listed) == 1 and len(rule.keywords) == 1:
            numbers[rule.keywords[0]] = set(listed)
        elif tables.alone[index] and len(rule.keywords) == 1 and not rule.anchors:
            owned = [trigger for trigger in range(tables.triggers) if index in tables.owner[tables.owner_at[trigger] : tables.owner_at[trigger + 1]]]
            numbers[rule.keywords[0]] = set(owned) - {int(tables.confirm[index])}
    scanner = scan.NativeScan(detectors, 0.5, lambda path, key: scan.Surroundings(0, frozenset(), False, False, ""), lambda told, value, rules: scan.Verdict((), ()))
    assert len(numbers) > 20
    return scanner, numbers


def test_a_keyword_outside_ascii_is_sought_in_both_cases() -> None:
    """`телефон` is found as `Телефон`."""
    (expression,) = of_keyword("телефон")
    assert re.search(expression.pattern, "Телефон")
    assert re.search(expression.pattern, "телефон")


def test_the_same_catalogue_gives_the_same_tables_from_the_cache() -> None:
    """Built once, read back the same."""
    first, second = tables_of(load().detectors[:300], 0.5), tables_of(load().detectors[:300], 0.5)
    assert all(np.array_equal(getattr(one, name), getattr(other, name)) for one, other in zip(first.automata, second.automata, strict=True) for name in type(one).__slots__)
    assert np.array_equal(first.owner, second.owner)
