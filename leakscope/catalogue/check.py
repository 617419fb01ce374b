"""Holds every rule to the form: its parts are there, its pattern runs everywhere, and its own examples come out as it says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from leakscope.catalogue.model import Catalogue, Detector
from leakscope.errors import CatalogueError
from leakscope.text.words import BREAK

LEAST_EXAMPLES = 3
_SEVERITIES = frozenset({"low", "medium", "high", "critical"})
_ENVIRONMENTS = frozenset({"live", "test", "publishable"})
_ID = re.compile(r"[a-z]+(?:\.[a-z0-9_]+){1,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """
    Something about a rule that is not as it must be.

    Args:
        detector: its id.
        file: where it stands.
        message: what is wrong, in plain words.
    """

    detector: str
    file: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.detector}: {self.message}"


def check(catalogue: Catalogue) -> list[Problem]:
    """
    Everything that is wrong with the rules of `catalogue`, in the order of their ids.

    Each rule's form is looked at, its pattern timed on texts made to slow it and compiled in every engine, and its examples and
    counter-examples are put through the kernel, all rules together, as they stand in evidence; not while a pattern is slow.
    """
    problems = [Problem(detector=rule.id, file=rule.file, message=message) for rule in catalogue.detectors for message in _form(rule, catalogue)]
    slow = _slow_ones(catalogue)
    if slow:
        return sorted([*problems, *slow], key=lambda one: (one.file, one.detector, one.message))
    return sorted([*problems, *_engines(catalogue), *_examples(catalogue)], key=lambda one: (one.file, one.detector, one.message))


def unusable(rule: Detector, catalogue: Catalogue) -> Iterator[str]:
    """What keeps a rule from being used at all: its type, pattern, check or decoder is none."""
    from leakscope.detection.engines import engines

    if rule.entity not in catalogue.entities:
        yield f"entity {rule.entity} is neither in the vocabulary nor declared in an [[entity]] table"
    for name, compiles in engines().items():
        if not compiles(rule.pattern, rule.ignore_case):
            yield f"its pattern does not compile in {name}; look-around and back-references are not allowed"
            return
    yield from _unknown_parts(rule)
    if slow := _slow(rule):
        yield slow


def _slow(rule: Detector) -> str:
    """What to say of a pattern that a short text slows down; nothing of any other."""
    from leakscope.detection.backtracking import MOST_SECONDS, slowed_by

    length = slowed_by(rule.pattern, str(rule.boundary), rule.ignore_case)
    told = f"its pattern takes over {MOST_SECONDS} seconds on a text of {length} characters made to slow it, and a scan could hang"
    return f"{told}; put no repeat inside another, and give each an upper bound ({{1,64}})" if length else ""


def _unknown_parts(rule: Detector) -> Iterator[str]:
    """The decoder and the check that it names and that do not exist."""
    from leakscope.detection.decoders import decoders
    from leakscope.validators import validator

    if rule.decode and rule.decode not in decoders():
        yield f"there is no decoder {rule.decode}"
    try:
        if rule.validator:
            validator(rule.validator)
    except CatalogueError:
        yield f"there is no validator {rule.validator}"


def _form(rule: Detector, catalogue: Catalogue) -> Iterator[str]:
    if not _ID.fullmatch(rule.id):
        yield "its id is not of the form kind.place.thing"
    if rule.entity not in catalogue.entities:
        yield f"entity {rule.entity} is not in the vocabulary"
    if rule.severity not in _SEVERITIES:
        yield f"severity {rule.severity} is not one of {', '.join(sorted(_SEVERITIES))}"
    if not 0 < rule.confidence <= rule.confidence_context <= 1:
        yield "confidence must be above 0, not above confidence_context, and that not above 1"
    if len(rule.examples) < LEAST_EXAMPLES or len(rule.counter_examples) < LEAST_EXAMPLES:
        yield f"it needs {LEAST_EXAMPLES} examples and {LEAST_EXAMPLES} counter-examples"
    if not rule.references:
        yield "it has no reference"
    if not rule.exposes:
        yield "it does not say what one exposed lets an attacker do"
    if rule.key_only and not rule.keywords:
        yield "key_only needs keywords"
    if rule.validator_failure not in ("drop", "lower"):
        yield "validator_failure is neither drop nor lower"
    if set(rule.environment.values()) - _ENVIRONMENTS:
        yield f"environment is not one of {', '.join(sorted(_ENVIRONMENTS))}"
    if any(word != word.lower() for word in (*rule.keywords, *rule.context)):
        yield "keywords and context are written in lower case"
    if any((len(BREAK.sub("", word)) < 2 and word.isascii()) or not BREAK.sub("", word) for word in (*rule.keywords, *rule.context)):
        yield "keywords and context have two letters or more: signs between words are not read"
    if rule.ignore_case and any(anchor != anchor.lower() for anchor in rule.anchors):
        yield "anchors are written in lower case when case is ignored"
    yield from _unknown_parts(rule)


def _engines(catalogue: Catalogue) -> Iterator[Problem]:
    """Patterns that an engine refuses; what was found for a catalogue is kept, because compiling all of it takes a minute."""
    from leakscope.detection.engines import engines
    from leakscope.safety import cache_files

    patterns = sorted({(rule.pattern, rule.ignore_case) for rule in catalogue.detectors})
    recipe = repr((sorted(engines()), patterns)).encode()
    kept = cache_files.read("engines", recipe)
    refused = orjson.loads(kept) if kept else [
        [name, *one] for one in patterns for name, compiles in engines().items() if not compiles(*one)
    ]  # fmt: skip
    cache_files.write("engines", recipe, orjson.dumps(refused))
    for rule in catalogue.detectors:
        for name, pattern, ignore_case in refused:
            if (rule.pattern, rule.ignore_case) == (pattern, ignore_case):
                yield Problem(detector=rule.id, file=rule.file, message=f"its pattern does not compile in {name}")


def _slow_ones(catalogue: Catalogue) -> list[Problem]:
    """Patterns that a made text slows down; a catalogue that passed once is not tried again, because that takes seconds."""
    from leakscope.safety import cache_files

    recipe = repr(sorted({(rule.pattern, str(rule.boundary), rule.ignore_case) for rule in catalogue.detectors})).encode()
    if cache_files.read("backtracking", recipe):
        return []
    found = [Problem(detector=rule.id, file=rule.file, message=told) for rule in catalogue.detectors if (told := _slow(rule))]
    if not found:
        cache_files.write("backtracking", recipe, b"none")
    return found


def _examples(catalogue: Catalogue) -> Iterator[Problem]:
    texts = [(rule, text, wanted) for rule in catalogue.detectors for wanted in (True, False) for text in _texts(rule, wanted)]
    found = _found(catalogue, [text for _, text, _ in texts])
    for number, (rule, _, wanted) in enumerate(texts):
        detectors, entities = found.get(number, (set(), set()))
        place = _place(texts, number, rule, wanted)
        if wanted and rule.id not in detectors and rule.entity not in entities:
            yield Problem(detector=rule.id, file=rule.file, message=f"example {place} gives no finding")
        if not wanted and rule.id in detectors:
            yield Problem(detector=rule.id, file=rule.file, message=f"counter-example {place} gives a finding")


def _texts(rule: Detector, wanted: bool) -> tuple[str, ...]:
    return rule.examples if wanted else rule.counter_examples


def _place(texts: list[tuple[Detector, str, bool]], number: int, rule: Detector, wanted: bool) -> int:
    return sum(1 for other, _, same in texts[:number] if other is rule and same == wanted) + 1


def _found(catalogue: Catalogue, texts: list[str]) -> dict[int, tuple[set[str], set[str]]]:
    """Detectors and entity types found in each text, by its number; beaten alternatives count as found."""
    from leakscope.detection.kernel import Kernel
    from leakscope.model import Batch
    from leakscope.safety.keys import new_key

    lines = b"".join(orjson.dumps({"line": text}) + b"\n" for text in texts)
    sightings = Kernel(catalogue, new_key(), min_confidence=0.0).find_batch(Batch(source="catalogue", first_record=0, records=len(texts), lines=lines))
    found: dict[int, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for record, detector, entity, attributes in sightings.select("record", "detector", "entity", "attributes").iter_rows():
        beaten = [one["detector"] for one in orjson.loads(attributes).get("alternatives", ())]
        found[record][0].update((detector, *beaten))
        found[record][1].add(entity)
    return found
