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
from leakscope.detection.native.checks import CARD, IBAN, UNCHECKED, address_rule, check_of, network_table

RULES = {rule.id: rule for rule in load().detectors}
CHECKED = sorted(name for name, rule in RULES.items() if check_of(rule))


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
