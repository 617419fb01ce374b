"""Names in the scripts the names model does not read, found by the words that introduce them and by given names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import re2

from leakscope.detection.names_given import given_names
from leakscope.detection.names_span import NameSpan
from leakscope.detection.names_uncased import uncased_names

#: Share of such spans that were names where it could be measured; introductions are few and mostly right.
CONFIDENCE = 0.7

_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_SCRIPTS = {
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
}

#: Latin letters that one sign of a script says as much as.
WIDE = {"zh": 3, "ja": 3, "ko": 2}


@cache
def _cues() -> Mapping[str, Any]:
    read = tomllib.loads(files("leakscope.detection").joinpath("data/names_cues.toml").read_text("utf-8"))
    return {language: table for language, table in read.items() if isinstance(table, dict)}


def script_language(text: str) -> str | None:
    """The language whose cues fit the script most of `text` is written in; null for Latin letters or none."""
    if text.isascii():
        return None
    counts = {language: WIDE.get(language, 1) * len(pattern.findall(text)) for language, pattern in _SCRIPTS.items()}
    if counts["ja"] or counts["zh"]:
        counts["ja"] = counts["ja"] + counts["zh"] if counts["ja"] else 0
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] > len(_LATIN.findall(text)) else None


def other_scripts(text: str) -> list[str]:
    """Languages with cues whose script stands anywhere in `text`; signs that Chinese and Japanese share are both's."""
    if text.isascii():
        return []
    found = [language for language, pattern in _SCRIPTS.items() if language in _cues() and pattern.search(text)]
    return ["ja", *found] if "zh" in found and "ja" not in found else found


def reads_by_rules(language: str) -> bool:
    """Whether a language (ISO 639-1) has cues that find a fair share of its names; some have a `few` only."""
    return language in _cues() and not _cues()[language].get("few", False)


@cache
def _patterns(language: str) -> tuple[tuple[str, Any], ...]:
    """Entity and pattern, addresses first: a street is called after people."""
    table = _cues()[language]
    words = "|".join(re2.escape(cue) for cue in sorted(table["cue"], key=len, reverse=True))
    led = rf"(?:(?i:{words}))[\s:,«\"是]{{0,3}}({table['name']})"
    streets = (("POSTAL_ADDRESS", re2.compile(f"({pattern})")) for pattern in table.get("address", ()))
    return (*streets, *(("PERSON", re2.compile(pattern)) for pattern in (*(f"({pattern})" for pattern in table["also"]), led)))


def find_by_rules(text: str, language: str) -> list[NameSpan]:
    """
    Names and street addresses in `text` by cues, given names and forms of `language`.

    Args:
        text: what somebody typed.
        language: ISO 639-1; one without cues gives nothing.
    """
    if language not in _cues():
        return []
    patterns = _patterns(language)
    streets = [(entity, match.span(1)) for entity, pattern in patterns if entity != "PERSON" for match in pattern.finditer(text)]
    named = [("PERSON", span) for spans in (given_names(text, language), uncased_names(text, language)) for span in spans]
    led = [(entity, match.span(1)) for entity, pattern in patterns if entity == "PERSON" for match in pattern.finditer(text)]
    found: list[NameSpan] = []
    for entity, (start, end) in (*streets, *named, *led):
        if text[start:end] not in _cues()[language].get("nobody", ()) and not any(start < other.end and other.start < end for other in found):
            found.append(NameSpan(start, end, entity, CONFIDENCE))
    return sorted(found)
