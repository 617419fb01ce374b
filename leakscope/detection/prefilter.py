"""Says in one pass over a text which rules can find anything in it, so that only those are run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from leakscope.catalogue.model import Catalogue, Detector
from leakscope.detection.context import Context
from leakscope.detection.matching import names_for
from leakscope.text.words import keyword_expression

try:
    import hyperscan
except ImportError:  # no wheel on this platform: the slower path below finds the same
    hyperscan = None

_PARTS = re.compile(r"[\W_]+")
#: A pattern with one of these may take in more than one byte for a code point, so that it needs UTF-8 mode.
_WIDE = re.compile(r"\[\^|(?<!\\)\.|\\[WSDpP]|\\x\{|[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Trigger:
    """
    An expression that every text with a finding of the rule must hold.

    Args:
        expression: in the shared linear subset.
        caseless: compare without case.
        wide: must be read as UTF-8.
    """

    expression: str
    caseless: bool
    wide: bool


def triggers(detector: Detector) -> tuple[Trigger, ...]:
    """What must stand in a text for `detector` to find something there; empty when only the key decides."""
    if detector.key_only:
        return ()
    if detector.anchors:
        return tuple(Trigger(re.escape(anchor), detector.ignore_case, not anchor.isascii()) for anchor in detector.anchors)
    if detector.keywords:
        return tuple(Trigger(spaced(word), True, not word.isascii()) for word in detector.keywords)
    pattern = re.sub(r"\(\?P<\w+>", "(?:", detector.pattern)
    return (Trigger(pattern, detector.ignore_case, bool(_WIDE.search(pattern))),)


def spaced(keyword: str) -> str:
    """A keyword as it may stand in raw text: anything that is no word between its parts, or nothing."""
    return r"[\W_]*".join(re.escape(part) for part in _PARTS.sub(" ", keyword.lower()).split())


class Prefilter:
    """
    The rules that can find something, by value and by key.

    Args:
        detectors: rules in catalogue order; results are indexes into it.
    """

    def __init__(self, detectors: tuple[Detector, ...]) -> None:
        self.detectors = detectors
        by_trigger: dict[Trigger, list[int]] = {}
        for index, detector in enumerate(detectors):
            for trigger in triggers(detector):
                by_trigger.setdefault(trigger, []).append(index)
        self._owners = tuple(tuple(owners) for owners in by_trigger.values())
        self._scan = _hyperscan(tuple(by_trigger)) if hyperscan else _plain(tuple(by_trigger))
        self._keyed = tuple(index for index, detector in enumerate(detectors) if detector.keywords and (detector.key_only or not detector.anchors))
        self.by_names: Callable[[str, str], frozenset[int]] = lru_cache(maxsize=16384)(self._by_names)

    def _by_names(self, near: str, path: str) -> frozenset[int]:
        names = Context(near=near, path=path)
        return frozenset(
            index for index in self._keyed
            if keyword_expression(self.detectors[index].keywords).search(near if self.detectors[index].key_only else names_for(self.detectors[index], names))
        )  # fmt: skip

    def possible(self, context: Context, value: str) -> list[int]:
        """Indexes of the rules that may find something in `value`, ascending."""
        found = set(self.by_names(context.near, context.path))
        for trigger in self._scan(value):
            found.update(self._owners[trigger])
        return sorted(found)


def _hyperscan(expressions: tuple[Trigger, ...]) -> Callable[[str], Iterable[int]]:
    database = compiled(expressions)
    found: set[int] = set()

    def note(identifier: int, start: int, end: int, flags: int, context: object) -> None:
        found.add(identifier)

    def scan(value: str) -> Iterable[int]:
        found.clear()
        if value:
            database.scan(value.encode("utf-8", "replace"), match_event_handler=note)
        return found

    return scan


def compiled(expressions: tuple[Trigger, ...]) -> hyperscan.Database:
    """A block-mode database that reports each expression at most once a text."""
    database = hyperscan.Database()
    flags = [_flags(trigger) for trigger in expressions]
    database.compile(
        expressions=[trigger.expression.encode() for trigger in expressions],
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=flags,
    )
    return database


def _flags(trigger: Trigger) -> int:
    flags = hyperscan.HS_FLAG_SINGLEMATCH
    if trigger.caseless:
        flags |= hyperscan.HS_FLAG_CASELESS
    if trigger.wide:
        flags |= hyperscan.HS_FLAG_UTF8
    return flags


def _plain(expressions: tuple[Trigger, ...]) -> Callable[[str], Iterable[int]]:
    compiled_all = [re.compile(trigger.expression, re.IGNORECASE if trigger.caseless else re.NOFLAG) for trigger in expressions]

    def scan(value: str) -> Iterable[int]:
        return [index for index, expression in enumerate(compiled_all) if expression.search(value)]

    return scan


def prefilter_of(catalogue: Catalogue) -> Prefilter:
    """A prefilter over all rules of `catalogue`."""
    return Prefilter(catalogue.detectors)
