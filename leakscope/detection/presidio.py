"""Both ways to Presidio: our rules as one of its recognisers, and a user's recognisers as detectors of ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from leakscope.catalogue import Catalogue, load
from leakscope.detection.kernel import Kernel
from leakscope.detection.names_span import NameSpan
from leakscope.safety.keys import new_key

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer, RecognizerRegistry


def recogniser(catalogue: Catalogue | None = None, *, language: str = "en", min_confidence: float = 0.5) -> EntityRecognizer:
    """
    Our whole catalogue as one Presidio recogniser.

    Args:
        catalogue: the rules; null: the built-in ones.
        language: the language under which Presidio's registry files it; the rules themselves read any.
        min_confidence: least confidence reported.

    Returns:
        Ready for `RecognizerRegistry.add_recognizer`; its results carry the detector's id in `recognition_metadata`.
    """
    from presidio_analyzer import EntityRecognizer, RecognizerResult

    kernel = Kernel(catalogue or load(), new_key(), min_confidence=min_confidence)
    supported = sorted({one.entity for one in kernel.catalogue.detectors})

    class LeakScopeRecognizer(EntityRecognizer):  # type: ignore[misc]
        """Finds what LeakScope's catalogue describes."""

        def load(self) -> None:
            """Nothing is left to load."""

        def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
            """Findings of the asked types in `text`."""
            asked = set(entities or supported)
            return [
                RecognizerResult(
                    entity_type=one.entity, start=one.start, end=one.end, score=one.confidence,
                    recognition_metadata={RecognizerResult.RECOGNIZER_NAME_KEY: self.name, "detector": one.detector},
                )
                for one in kernel.standing("", "", text)
                if one.entity in asked
            ]  # fmt: skip

    return LeakScopeRecognizer(supported_entities=supported, name="LeakScopeRecognizer", supported_language=language)


class RegistryDetectors:
    """
    A user's Presidio registry as a finder of ours.

    Args:
        registry: loaded; recognisers that need language artefacts are left out, because values are read one by one.
        language: the language whose recognisers run.
    """

    def __init__(self, registry: RecognizerRegistry, language: str = "en") -> None:
        from presidio_analyzer import LocalRecognizer
        from presidio_analyzer.predefined_recognizers import SpacyRecognizer

        self._recognizers = [
            one for one in registry.recognizers
            if one.supported_language == language and isinstance(one, LocalRecognizer) and not isinstance(one, SpacyRecognizer)
        ]  # fmt: skip

    def find(self, texts: Iterable[str]) -> list[list[NameSpan]]:
        """The spans that the registry's recognisers find in each text, in order of place; the surest of equal spans."""
        return [self._in_one(text) for text in texts]

    def _in_one(self, text: str) -> list[NameSpan]:
        best: dict[tuple[int, int, str], float] = {}
        for one in self._recognizers:
            for result in one.analyze(text, one.supported_entities, None) or ():
                place = (result.start, result.end, result.entity_type)
                best[place] = max(best.get(place, 0.0), result.score)
        return [NameSpan(start, end, entity, score) for (start, end, entity), score in sorted(best.items())]
