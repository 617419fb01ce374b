"""Names by models the user has: GLiNER and transformers token classifiers, if their libraries are installed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leakscope.detection.names_span import FROM_LABELS, NameSpan
from leakscope.errors import UsageError

_ASKED = {"person": "PERSON", "location": "LOCATION", "organization": "ORGANIZATION", "postal address": "POSTAL_ADDRESS"}


class GlinerNames:
    """
    Names by a GLiNER model in a local folder; nothing is downloaded.

    Raises:
        UsageError: the `gliner` package or the folder is missing.
    """

    def __init__(self, folder: str) -> None:
        try:
            from gliner import GLiNER

            self._model: Any = GLiNER.from_pretrained(folder, local_files_only=True)
        except ImportError:
            raise UsageError("the gliner package is not installed", hint="pip install gliner") from None
        except (OSError, ValueError):
            raise UsageError(f"{folder} holds no GLiNER model") from None
        self.name = f"gliner:{folder}"

    def reads(self, language: str) -> bool:
        """GLiNER's multilingual models read any language."""
        return True

    def find(self, texts: Sequence[str]) -> list[list[NameSpan]]:
        """The names of each text."""
        given = self._model.batch_predict_entities(list(texts), list(_ASKED), threshold=0.5)
        return [[NameSpan(one["start"], one["end"], _ASKED[one["label"]], float(one["score"])) for one in spans] for spans in given]


class TransformerNames:
    """
    Names by a transformers token classifier in a local folder; nothing is downloaded.

    Raises:
        UsageError: the `transformers` package or the folder is missing.
    """

    def __init__(self, folder: str) -> None:
        try:
            from transformers import pipeline

            self._model: Any = pipeline("token-classification", model=folder, aggregation_strategy="simple", local_files_only=True)
        except ImportError:
            raise UsageError("the transformers package is not installed", hint="pip install transformers torch") from None
        except (OSError, ValueError):
            raise UsageError(f"{folder} holds no token classifier") from None
        self.name = folder

    def reads(self, language: str) -> bool:
        """Left to the user, who chose the model."""
        return True

    def find(self, texts: Sequence[str]) -> list[list[NameSpan]]:
        """The names of each text."""
        kinds = [[(one, FROM_LABELS.get(one["entity_group"].upper())) for one in spans] for spans in self._model(list(texts), batch_size=16)]
        return [[NameSpan(int(one["start"]), int(one["end"]), kind, float(one["score"])) for one, kind in spans if kind] for spans in kinds]
