"""Says in one pass over a text which rules can find anything in it, so that only those are run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from leakscope.catalogue.model import BOUNDARY_CLASS, Detector
from leakscope.detection.expressions import GROUP, native
from leakscope.detection.matching import asked_for, can_reach
from leakscope.detection.widths import least as fewest
from leakscope.safety import cache_files
from leakscope.text.layers import LAYER_TRIGGERS
from leakscope.text.pasted_tables import may_hold
from leakscope.text.words import WHOLE_WORD_LENGTH

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


def triggers(detector: Detector, least: float = 0.0) -> tuple[Trigger, ...]:
    """What must stand in a text for `detector` to find something there; empty when only the names around it decide."""
    if detector.key_only:
        return ()
    if detector.anchors:
        return tuple(Trigger(re.escape(anchor), detector.ignore_case, not anchor.isascii()) for anchor in detector.anchors)
    words = asked_for(detector, least)
    if words:
        return tuple(Trigger(spaced(word), not word.isascii(), not word.isascii()) for word in words)
    pattern = bordered(detector)
    return (Trigger(pattern, detector.ignore_case, bool(_WIDE.search(detector.pattern))),)


def bordered(detector: Detector) -> str:
    """A rule's pattern with its boundary written as characters around it, where its span is the whole match."""
    pattern = re.sub(r"\(\?P<\w+>", "(?:", detector.pattern)
    barred = BOUNDARY_CLASS[detector.boundary]
    if not barred or GROUP in detector.pattern:
        return pattern
    outside = f"[^{barred[1:]}"
    return f"(?:^|{outside})(?:{pattern})(?:{outside}|$)"


def spaced(keyword: str) -> str:
    """
    A keyword as it may stand in raw text.

    Anything that is no word may stand between its parts, or nothing; a word must start there, be it by a capital inside an
    identifier; a short one must end there too. Everything that `keyword_expression` finds in `text_words` matches.
    """
    parts = [re.escape(part) for part in _PARTS.sub(" ", keyword.lower()).split()]
    body = r"[\W_]*".join(parts)
    if not keyword.isascii():
        return body
    end = r"(?i:s|es)?(?:[^a-z]|$)" if len(keyword) <= WHOLE_WORD_LENGTH else ""
    if not keyword[0].isalpha():
        return f"(?i:{body}){end}"
    return f"(?:(?:^|[^A-Za-z0-9])(?i:{body})|[A-Za-z0-9]{keyword[0].upper()}(?i:{body[1:]})){end}"


#: What a text that may hold another layer of encoding shows; `leakscope.text.unfold.expand` decides.
LAYERED = tuple(Trigger(expression, False, wide) for expression, wide in LAYER_TRIGGERS)
#: Digits a text must have before patterns that need that many are sought in it.
MANY_DIGITS = 4


class Prefilter:
    """
    The rules that can find something, by value.

    Args:
        detectors: rules in catalogue order; results are indexes into it.
        least: confidence below which a finding does not matter.
    """

    def __init__(self, detectors: tuple[Detector, ...], least: float = 0.0) -> None:
        self.detectors = detectors
        self.least = least
        self._needs = tuple(fewest(expression_of_pattern(one), one.ignore_case) for one in detectors)
        common: dict[Trigger, list[int]] = {trigger: [LAYER] for trigger in LAYERED}
        digital: dict[Trigger, list[int]] = {}
        for index, detector in enumerate(detectors):
            if not can_reach(detector, least):
                continue
            for trigger in triggers(detector, least):
                literal = bool(detector.anchors or asked_for(detector, least))
                (common if literal or self._needs[index][1] < MANY_DIGITS else digital).setdefault(trigger, []).append(index)
        self._common, self._digital = _Owned(common), _Owned(digital)

    def in_text(self, value: str) -> frozenset[int]:
        """Indexes of the rules whose triggers stand in `value`, and `LAYER` if it may hold another encoding."""
        found = self._common.scan(value)
        if len(value) >= MANY_DIGITS and _MANY_DIGITS.search(value):
            found |= self._digital.scan(value)
        if may_hold(value):
            found.add(LAYER)
        return frozenset(found)

    def possible(self, value: str, found: frozenset[int]) -> list[int]:
        """Those of the rules `found` whose patterns ask for no more than `value` has, ascending."""
        length, digits = len(value), -1
        kept = []
        for index in found:
            if index == LAYER:
                continue
            characters, least_digits = self._needs[index]
            if characters > length:
                continue
            if least_digits:
                if digits < 0:
                    digits = len(_DIGIT.findall(value))
                if least_digits > digits:
                    continue
            kept.append(index)
        kept.sort()
        return kept


#: Stands in `in_text` for "may hold another layer of encoding".
LAYER = -1
_DIGIT = re.compile("[0-9]")
_MANY_DIGITS = re.compile(f"(?:[0-9][^0-9]*){{{MANY_DIGITS}}}")


def expression_of_pattern(detector: Detector) -> str:
    """The rule's pattern in the syntax of Python's `re`."""
    return native(detector.pattern)


class _Owned:
    """Triggers and the rules they belong to."""

    def __init__(self, by_trigger: dict[Trigger, list[int]]) -> None:
        self._owners = tuple(tuple(owners) for owners in by_trigger.values())
        self._scan = scanner(tuple(by_trigger)) if by_trigger else lambda value: ()

    def scan(self, value: str) -> set[int]:
        found: set[int] = set()
        for trigger in self._scan(value):
            found.update(self._owners[trigger])
        return found


def scanner(expressions: tuple[Trigger, ...]) -> Callable[[str], Iterable[int]]:
    """A function from a text to the indexes of the expressions that stand in it."""
    return _hyperscan(expressions) if hyperscan else _plain(expressions)


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
    """A block-mode database that reports each expression at most once a text; kept between runs, because building it takes seconds."""
    recipe = repr((hyperscan.__version__, [(one.expression, _flags(one)) for one in expressions])).encode()
    kept = cache_files.read("patterns", recipe)
    if kept is not None:
        database = hyperscan.loadb(kept, hyperscan.HS_MODE_BLOCK)
        database.scratch = hyperscan.Scratch(database)
        return database
    database = hyperscan.Database()
    database.compile(
        expressions=[trigger.expression.encode() for trigger in expressions],
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=[_flags(trigger) for trigger in expressions],
    )
    cache_files.write("patterns", recipe, hyperscan.dumpb(database))
    return database


def _flags(trigger: Trigger) -> int:
    flags = hyperscan.HS_FLAG_SINGLEMATCH
    if trigger.caseless:
        flags |= hyperscan.HS_FLAG_CASELESS
    if trigger.wide:
        flags |= hyperscan.HS_FLAG_UTF8
    return flags


def _plain(expressions: tuple[Trigger, ...]) -> Callable[[str], Iterable[int]]:
    compiled_all = [re.compile(native(trigger.expression), re.IGNORECASE if trigger.caseless else re.NOFLAG) for trigger in expressions]

    def scan(value: str) -> Iterable[int]:
        return [index for index, expression in enumerate(compiled_all) if expression.search(value)]

    return scan
