"""What the compiled scan decides by itself is only what is sure."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakscope.catalogue import load
from leakscope.catalogue.model import Boundary
from leakscope.detection.benign_lists import benign_catalogue
from leakscope.detection.expressions import native
from leakscope.detection.native import build, scan
from leakscope.detection.native.checks import CARD, COUNTED, IBAN, UNCHECKED, address_rule, check_of, network_table

AROUND = scan.Surroundings(0, frozenset(), False, False, "")
RULES = {rule.id: rule for rule in load().detectors}
COUNTING = sorted(name for name, rule in RULES.items() if check_of(rule) == COUNTED)
CHECKED = [*sorted(name for name, rule in RULES.items() if check_of(rule) not in (UNCHECKED, COUNTED)), *COUNTING]


def test_cards_and_ibans_are_checked() -> None:
    """The two rules that most numbers in logs look like."""
    assert (check_of(RULES["pii.payment_card"]), check_of(RULES["pii.iban"])) == (CARD, IBAN)


@pytest.mark.parametrize("name", CHECKED)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_match_of_a_checked_rule_is_groups_with_one_separator_between(name: str, data: st.DataObject) -> None:
    """The scan joins groups across one character and no more."""
    rule = RULES[name]
    text = data.draw(st.from_regex(re.compile(native(rule.pattern), re.ASCII), fullmatch=True))
    assert re.fullmatch(r"[0-9A-Za-z]+(?:[^0-9A-Za-z][0-9A-Za-z]+)*", text)


@pytest.mark.parametrize(
    "pattern",
    ["[0-9]{8} {2}[0-9]{4}", "[0-9]{8} ?-?[0-9]{4}", "[0-9]{8} *[0-9]{4}", "x[0-9]{8}", "[0-9]{8} ?", "[0-9]{8}[^0-9][0-9]{4}", "(?:[0-9]{4} ){3}", "(?P<value>[0-9]{8})x"],
)
def test_a_pattern_of_another_form_is_not_checked(pattern: str) -> None:
    """Two separators, any number of them, other characters, a group that stands for the span: all come to Python."""
    assert check_of(replace(RULES["pii.payment_card"], pattern=pattern)) == UNCHECKED


def test_a_rule_that_keeps_what_fails_or_may_begin_inside_a_number_is_not_checked() -> None:
    """A failed check digit must mean that there is no finding."""
    card = RULES["pii.payment_card"]
    assert check_of(replace(card, validator_failure="lower")) == UNCHECKED
    assert check_of(replace(card, boundary=Boundary.NONE)) == UNCHECKED


def test_numbers_without_a_check_digit_of_the_scan_are_counted() -> None:
    """More digits than automata count, within a boundary; not where the number may be longer than what is read together, or begin inside another."""
    account = RULES["id.ar.cbu"]
    assert check_of(account) == COUNTED
    assert check_of(replace(account, validator_failure="lower")) == COUNTED
    assert {check_of(replace(account, **other)) for other in ({"boundary": Boundary.NONE}, {"pattern": "[0-9]{35}"}, {"pattern": "[0-9]{21,}"}, {"pattern": "[0-9]{20}"})} == {UNCHECKED}


@pytest.mark.skipif(build.compiler() is None, reason="no C compiler")
def test_a_long_run_of_digits_is_no_number_of_fewer() -> None:
    """Twenty-two digits between blanks may be an account, two hundred are none."""
    scanner = scan.NativeScan(load().detectors, 0.5, lambda path, key: AROUND, lambda told, value, rules: scan.Verdict((), ()))
    index = list(RULES).index("id.ar.cbu")
    number = "7307557415685175258212"

    assert [index in (scanner.possible(AROUND, text) or ()) for text in (number, f"a {number}, b", f"{number} {number}")] == [True, True, True]
    assert [index in (scanner.possible(AROUND, text) or ()) for text in (number * 9, "1" * 200)] == [False, False]


def test_addresses_are_only_decided_where_their_rule_is_sure_of_them() -> None:
    """Above the rule's confidence its words decide, and the scan leaves them to Python."""
    detectors = load().detectors
    index = address_rule(detectors, 0.5)
    assert detectors[index].id == "pii.ipv4"
    assert address_rule(detectors, detectors[index].confidence + 0.01) == -1
    assert address_rule(tuple(rule for rule in detectors if rule.id != "pii.ipv4"), 0.5) == -1


def test_networks_keep_the_order_of_their_kinds() -> None:
    """First address, last address, kind; addresses of IPv6 are none of them."""
    table = network_table(benign_catalogue().networks).reshape(-1, 3)
    assert [0x0A000000, 0x0AFFFFFF, list(benign_catalogue().networks).index("private")] in table.tolist()
    assert len(table) == sum(one.version == 4 for listed in benign_catalogue().networks.values() for one in listed)
