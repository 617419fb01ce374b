"""Sensitive topics of what people typed: a likely topic, how probable, and about whom."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import polars as pl

from leakscope.detection.names_gate import only_prose
from leakscope.detection.subjects import AUTHOR, NOBODY, about_whom
from leakscope.detection.topics_head import Head, shipped_head

NONE = "none"
CODE = "code"

#: One row per text.
TOPICS = pl.Schema({"topic": pl.String, "probability": pl.Float64, "about": pl.String})

#: A text is split into pieces of about this many characters at sentence ends; no more than `MOST_PIECES` are read.
PIECE, MOST_PIECES = 160, 40
_SENTENCE = re.compile(r"(?<=[.!?\n。！？])\s*")

#: Secrets and source code are told by their form, not by the encoder.
_SECRET = re.compile(
    r"(?i)(?<![a-z])(?:api[_ -]?key|secret[_ -]?key|access[_ -]?key|password|passwd|pwd|token|bearer|client[_ -]?secret|passwort|contraseña|mot de passe|senha|hasło|пароль|şifre|parola d'ordine|wachtwoord|密码|口令|パスワード|비밀번호|كلمة (?:المرور|السر)|סיסמה|รหัสผ่าน)\b[^\n]{0,24}?[:=：][^\n\S]{0,3}[\"']?[^\s\"'<>{}]{6,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:sk|pk|rk|ghp|gho|xox[abp]|AKIA|AIza|glpat|hf|npm)[-_][A-Za-z0-9_-]{16,}|\bAKIA[0-9A-Z]{16}\b|\b[a-z][a-z0-9+]{2,12}://[^\s:/@]+:[^\s@]+@\S+"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\."
)
_CODE_SIGNS = re.compile(
    r"(?m)^```|^\s*(?:def \w+\(.*\).*:|class \w+.*[:{]|import [\w.]+;?$|from [\w.]+ import |#include|public (?:static )?\w+ \w+\(|(?:const|let|var) \w+ ?=|func \w+\(|fn \w+\(|package \w+;?$|using [\w.]+;|resource \"|SELECT .+ FROM |CREATE TABLE |<\?php|</?(?:div|html|script|template)\b|[A-Z_]{3,}=\S+$|(?:version|services|apiVersion|kind): ?\S*$)"
)
#: Hosts and remarks that only the owner of code or configuration has.
#: Such hosts lie in a network's own domain, or carry the environment they serve in their name.
_INTERNAL = re.compile(r"(?i)\b[\w-]+\.(?:internal|intranet|lan|local|localdomain|intern|interne|interno|interna|lokal|lokalny)\b|\b[a-z][\w-]*-(?:prod|staging|stage|preprod|uat|qa|dev|test)\d*\.[a-z]{2,}|\.corp\.|\b(?:server_name|proxy_pass)\s|(?<![\d.])(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}(?![\d.])|internal, do not|do not publish|proprietary|all rights reserved")
#: Words with which people say whose code it is.
_OWN = re.compile(
    r"(?i)\b(?:our|internal|unser\w*|intern\w*|notre|nos|nuestr[oa]s?|noss[oa]s?|nostr[oaie]|onze|nasz\w*|наш\w*|внутренн\w*|şirket\w*|bizim)\b|我们|内部|公司|社内|うちの|弊社|داخلي|لدينا|우리|사내"
)
_FENCED = re.compile(r"```[^`]*[(={;][^`]*```")
#: Lines of code in a text for it to be source code of its own.
CODE_LINES = 4
#: What a text about nobody (a question, a task) must score more to count as sensitive, in logits of the score: with it half
#: of the questions in general and a third of the harmless seeds called sensitive are gone, and no disclosure in 300.
ASKED = 1.5
PROBABILITY_SECRET, PROBABILITY_CODE = 0.97, 0.9


def entity_of(topic: str) -> str:
    """Entity type under which a topic is found: `health` is `TOPIC_HEALTH`."""
    return f"TOPIC_{topic.upper()}"


def classify(texts: Sequence[str], languages: Sequence[str] | None = None, *, named: Sequence[int | None] | None = None, head: Head | None = None) -> pl.DataFrame:
    """
    The sensitive topic of each text.

    Args:
        texts: what people typed.
        languages: ISO 639-1 codes, for telling about whom; null: English.
        named: where the first person named in each text stands, null for none, for telling about whom; null: no names were read.
        head: a head trained on other seeds; null: the shipped one.

    Returns:
        Schema `TOPICS`, one row per text in order. `topic` is `none` under a probability of one half; say "sensitive, likely
        health", because that a text is sensitive is surer than of which kind. `about` is `nobody` where topic is `none`.
    """
    spoken = languages if languages is not None else ["en"] * len(texts)
    reader = head or shipped_head()
    scored = reader.score([pieces(text) for text in texts]) if texts else []
    places = named if named is not None else [None] * len(texts)
    rows = [_told(text, language, place, topic, chance, ASKED * reader.slope) for text, language, place, (topic, chance) in zip(texts, spoken, places, scored, strict=True)]
    return pl.DataFrame(rows, schema=TOPICS, orient="row")


def _told(text: str, language: str, named: int | None, topic: str, probability: float, asked: float) -> tuple[str, float, str]:
    """A row of `TOPICS`; `asked` is what a text about nobody is taken off, in logits of the probability."""
    by_form = _by_form(text)
    if by_form and (topic in (NONE, CODE) or probability < by_form):
        about = about_whom(only_prose(text), language, named)
        return CODE, by_form, about if about != NOBODY else AUTHOR
    if topic in (NONE, CODE) or probability < 0.5:
        return NONE, round(probability, 4), NOBODY
    about = about_whom(text, language, named)
    if about == NOBODY:
        probability = 1 / (1 + math.exp(asked) * (1 - probability) / probability)
    return (topic if probability >= 0.5 else NONE), round(probability, 4), about


def _by_form(text: str) -> float:
    """Probability that a text holds credentials or source code, from its form alone."""
    if _SECRET.search(text):
        return PROBABILITY_SECRET
    signs = len(_CODE_SIGNS.findall(text))
    own = "```" in text and _FENCED.search(text) and _OWN.search(only_prose(text))
    return PROBABILITY_CODE if own or signs >= CODE_LINES or (_INTERNAL.search(text) and (signs or "{" in text or "://" in text)) else 0.0


def pieces(text: str) -> list[str]:
    """
    `text` cut at sentence ends into pieces of about `PIECE` characters.

    A long message hides one disclosing sentence among many; the encoder reads a mean of words, so it reads pieces.
    """
    found, piece = [], ""
    for sentence in filter(None, _SENTENCE.split(text.strip())):
        if piece and len(piece) + len(sentence) > PIECE:
            found.append(piece)
            piece = ""
        piece = f"{piece} {sentence}".strip()
    found.append(piece)
    return [piece[: 4 * PIECE] for piece in found[:MOST_PIECES]]
