"""The finder of names as a spaCy component: `nlp.add_pipe("leakscope_names")`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spacy.language import Language
from spacy.util import filter_spans

from leakscope.detection.names import SHIPPED, find_names


@Language.factory("leakscope_names", default_config={"model": SHIPPED, "handles": False})
def leakscope_names(nlp: Language, name: str, model: str, handles: bool) -> Callable[[Any], Any]:
    """
    A component that adds our names to `doc.ents`; spans of earlier components that overlap stay.

    Args:
        nlp, name: given by spaCy.
        model, handles: as `find_names` takes them.
    """

    def component(document: Any) -> Any:
        spans = [document.char_span(span.start, span.end, label=span.entity, alignment_mode="expand") for span in find_names([document.text], model=model, handles=handles)[0]]
        kept = [span for span in spans if span is not None and not any(span.start < entity.end and entity.start < span.end for entity in document.ents)]
        document.set_ents(filter_spans([*document.ents, *kept]))
        return document

    return component
