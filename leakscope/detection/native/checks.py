"""What the compiled scan may decide by itself: numbers whose check digits cannot hold, and addresses of networks in which nobody is."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from re import _constants as sre
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leakscope.catalogue.model import Boundary, Detector
from leakscope.detection.expressions import GROUP
from leakscope.detection.native.needs import tree_of
from leakscope.detection.native.positions import MOST_COUNTED, REPEATS
from leakscope.validators.basics import ISSUERS

#: Checks as in `rules.h`.
UNCHECKED, LUHN, IBAN, CARD, COUNTED = range(5)
#: Characters of groups that are read together at most, as in `rules.h`.
_MOST_CHECKED = 34
_BOUNDED = (Boundary.ALNUM, Boundary.TOKEN, Boundary.DIGIT)
_DIGITS = frozenset(b"0123456789")
_ALNUM = frozenset(one for one in range(128) if chr(one).isalnum())
_SEPARATORS = frozenset(b" -./")
#: By validator: the check that is part of it, the characters it reads, and the boundaries within which those stand in whole groups.
_CHECKS = {
    "card": (CARD, _DIGITS, _BOUNDED),
    "luhn": (LUHN, _DIGITS, _BOUNDED),
    "iban": (IBAN, _ALNUM, (Boundary.ALNUM, Boundary.TOKEN)),
}
#: The validator of the rule of addresses.
_ADDRESS = "ipv4_not_version"


def check_of(rule: Detector) -> int:
    """
    The check that some groups of characters in a text pass if `rule` finds anything in it; `UNCHECKED` where that is not sure.

    Sure it is where every match is groups of the check's characters with one separator between them, with no such character
    around it, and the rule drops what fails. Where there is no such check, groups of more digits than automata count are `COUNTED`:
    a run of hundreds of digits holds no number of 22.
    """
    check, members, boundaries = _CHECKS.get(rule.validator or "", (UNCHECKED, _DIGITS, ()))
    if GROUP in rule.pattern:
        return UNCHECKED
    tree = tree_of(rule.pattern, rule.ignore_case)
    if check and rule.validator_failure == "drop" and rule.boundary in boundaries and _grouped(list(tree), members, None):
        return check
    counted = rule.boundary in _BOUNDED and tree.getwidth()[0] > MOST_COUNTED and tree.getwidth()[1] <= _MOST_CHECKED and _grouped(list(tree), _DIGITS, None)
    return COUNTED if counted else UNCHECKED


def _grouped(tree: list[tuple[Any, Any]], members: frozenset[int], following: tuple[Any, Any] | None) -> bool:
    """Whether a part is `members` with single separators, each directly before a member; `following` comes after the part."""
    for at, (operator, argument) in enumerate(tree):
        after = tree[at + 1] if at + 1 < len(tree) else following
        if operator is sre.SUBPATTERN:
            good = _grouped(list(argument[3]), members, after)
        elif operator is sre.BRANCH:
            good = all(_grouped(list(branch), members, after) for branch in argument[1])
        elif operator in REPEATS and (argument[0], argument[1]) == (0, 1) and _within(list(argument[2]), _SEPARATORS):
            good = _begins(after, members)
        elif operator in REPEATS:
            good = _grouped(list(argument[2]), members, None)
        elif _within([(operator, argument)], _SEPARATORS):
            good = _begins(after, members)
        else:
            good = _within([(operator, argument)], members)
        if not good:
            return False
    return True


def _begins(part: tuple[Any, Any] | None, members: frozenset[int]) -> bool:
    """Whether the first character of `part` is one of `members`, and there is one."""
    if part is None:
        return False
    operator, argument = part
    if operator in REPEATS:
        return bool(argument[0]) and _first(argument[2], members)
    if operator is sre.SUBPATTERN:
        return _first(argument[3], members)
    if operator is sre.BRANCH:
        return all(_first(branch, members) for branch in argument[1])
    return _within([part], members)


def _first(tree: Any, members: frozenset[int]) -> bool:
    parts = list(tree)
    return bool(parts) and _begins(parts[0], members)


def _within(tree: list[tuple[Any, Any]], members: frozenset[int]) -> bool:
    """Whether a part is one character of `members`."""
    if len(tree) != 1:
        return False
    operator, argument = tree[0]
    if operator is sre.LITERAL:
        return argument in members
    if operator is not sre.IN:
        return False
    return all(
        (inner is sre.LITERAL and one in members)
        or (inner is sre.RANGE and set(range(one[0], one[1] + 1)) <= members)
        or (inner is sre.CATEGORY and one is sre.CATEGORY_DIGIT)
        for inner, one in argument
    )


def address_rule(detectors: tuple[Detector, ...], least: float) -> int:
    """The rule of IPv4 addresses; -1 where a catalogue has none whose findings the addresses alone decide."""
    for index, rule in enumerate(detectors):
        plain = not rule.key_only and not rule.keywords and not rule.min_entropy and rule.validator_failure == "drop" and GROUP not in rule.pattern
        if rule.validator == _ADDRESS and rule.boundary is Boundary.ALNUM and plain and min(rule.confidence, rule.confidence_context) >= least:
            return index
    return -1


def network_table(networks: Mapping[str, tuple[Any, ...]]) -> NDArray[np.uint32]:
    """
    IPv4 networks in the order in which they are asked, three numbers each: first address, last address, number of the kind.

    Args:
        networks: by kind.
    """
    rows = [
        (int(one.network_address), int(one.broadcast_address), number)
        for number, listed in enumerate(networks.values())
        for one in listed
        if isinstance(one, ipaddress.IPv4Network)
    ]
    return np.array(rows, dtype=np.uint32).reshape(-1)


def issuer_table() -> NDArray[np.uint32]:
    """Ranges of card numbers, five numbers each: least and most digits, digits of the prefix, first and last prefix."""
    return np.array([(one.least, one.most, len(one.first), int(one.first), int(one.last)) for one in ISSUERS], dtype=np.uint32).reshape(-1)
