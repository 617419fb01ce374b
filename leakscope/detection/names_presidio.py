"""The finder of names as a Presidio recogniser."""

from __future__ import annotations

from typing import Any

from presidio_analyzer import EntityRecognizer, RecognizerResult

from leakscope.detection.names import SHIPPED, engine, find_names
from leakscope.detection.names_span import ENTITIES


class LeakScopeNamesRecognizer(EntityRecognizer):
    """
    People, places, organisations and addresses for Presidio's registry.

    Args:
        model: as `find_names` takes it.
        supported_language: language of the registry it is added to.
        handles: whether `@name` is a person, as `find_names` takes it.

    Example:
        >>> registry.add_recognizer(LeakScopeNamesRecognizer())  # doctest: +SKIP
    """

    def __init__(self, model: str = SHIPPED, supported_language: str = "en", handles: bool = False, **settings: Any) -> None:
        self._model, self._handles = model, handles
        super().__init__(supported_entities=list(ENTITIES), name="LeakScopeNamesRecognizer", supported_language=supported_language, **settings)

    def load(self) -> None:
        """Load the model once; Presidio calls this."""
        engine(self._model)

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """The names of `text` whose types were asked for; none asked means all."""
        wanted = set(entities or ENTITIES)
        return [RecognizerResult(span.entity, span.start, span.end, span.confidence) for span in find_names([text], model=self._model, handles=self._handles)[0] if span.entity in wanted]
