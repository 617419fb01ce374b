"""Says which rules the names around a value make possible, or surer."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from leakscope.catalogue.model import Detector
from leakscope.detection.context import Context
from leakscope.detection.matching import asked_for, can_reach, names_for
from leakscope.text.words import keyword_expression

_PARTS = re.compile(r"[\W_]+")


class NamedRules:
    """
    The rules whose words stand in names.

    Args:
        detectors: rules in catalogue order; results are indexes into it.
        least: confidence below which a finding does not matter.
    """

    def __init__(self, detectors: tuple[Detector, ...], least: float) -> None:
        asked = {index: asked_for(one, least) for index, one in enumerate(detectors) if can_reach(one, least) and (one.key_only or not one.anchors)}
        raised = {index: one.context for index, one in enumerate(detectors) if can_reach(one, least)}
        #: By the words of the key and of the path: rules that the names alone make possible, and those that they make surer.
        self.possible: Callable[[str, str], frozenset[int]] = lru_cache(maxsize=16384)(_Words(detectors, asked).beside)
        self.surer: Callable[[str, str], frozenset[int]] = lru_cache(maxsize=16384)(_Words(detectors, raised).beside)
        keyed = {index: one.keywords for index, one in enumerate(detectors) if can_reach(one, least)}
        self._keyed: Callable[[str, str], frozenset[int]] = lru_cache(maxsize=16384)(_Words(detectors, keyed).beside)

    def heard(self, near: str, path: str) -> tuple[frozenset[int], ...]:
        """All that rules hear in names: for words that they need and words that make them surer, whose stand near and whose on the whole path."""
        return self._keyed(near, path), self.surer(near, path), self._keyed(path, path), self.surer(path, path)


class _Words:
    """
    Which rules' words stand in names.

    Args:
        detectors: rules in catalogue order.
        words: the words of each rule that has any, by its index.
    """

    def __init__(self, detectors: tuple[Detector, ...], words: dict[int, tuple[str, ...]]) -> None:
        self._detectors = detectors
        self._words = {index: listed for index, listed in words.items() if listed}
        self._keyed: dict[str, list[int]] = {}
        for index, listed in self._words.items():
            for word in listed:
                self._keyed.setdefault((_PARTS.sub(" ", word.lower()).split() or [""])[0], []).append(index)
        self._foreign = tuple(word for word in self._keyed if not word.isascii())
        self._longest = max((len(word) for word in self._keyed), default=0)

    def beside(self, near: str, path: str) -> frozenset[int]:
        """Rules whose words stand in the names; the first part of a word is looked up, then the whole word is sought."""
        words = {*near.split(), *path.split()}
        starts = {word[:length] for word in words for length in range(min(len(word), self._longest) + 1)}
        starts.update(one for one in self._foreign if one in near or one in path)
        possible = {index for start in starts if start in self._keyed for index in self._keyed[start]}
        names = Context(near=near, path=path)
        return frozenset(index for index in possible if self._stands(index, names))

    def _stands(self, index: int, names: Context) -> bool:
        detector = self._detectors[index]
        seen = names.near if detector.key_only else names_for(detector, names)
        return bool(keyword_expression(self._words[index]).search(seen))
