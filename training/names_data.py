"""Labelled pieces of text as token ids, case ids and tags, and batches of them."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from names_base import TAGS, base_folder
from tokenizers import Tokenizer

LONGEST = 128  # tokens of a piece that are read
IGNORED = -100  # torch's mark for "no loss here"
ROW = {tag: row for row, tag in enumerate(TAGS)}

#: Romanian role nouns ("the minister") are persons in RONEC, never here: such spans are neither rewarded nor punished.
NOUNS_AS_PERSONS = "ronec"


@dataclass(frozen=True, slots=True)
class Piece:
    """One text with spans `(start, end, kind)` in code points; kind `?` marks a place without a verdict."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Encoded:
    """A piece as the model sees it."""

    ids: list[int]
    cases: list[int]
    tags: list[int]


def read_pieces(path: Path) -> list[Piece]:
    """Pieces of a JSON-lines file, packed or not, with `text`, `spans` and `source`."""
    pieces = []
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            spans = ((span["start"], span["end"], span["label"]) for span in row["spans"])
            kept = tuple((start, end, _verdict(row["source"], row["text"][start:end], kind)) for start, end, kind in spans)
            pieces.append(Piece(row["text"], kept, row["source"]))
    return pieces


def _verdict(source: str, text: str, kind: str) -> str:
    """The kind to learn for one labelled span."""
    words = text.split()
    named = len(words) > 1 and all(word[:1].isupper() for word in words)
    return "?" if source == NOUNS_AS_PERSONS and kind == "PER" and not named else kind


def case_of(word: str) -> int:
    """Row of `CASES` for one token's own letters."""
    if word == word.lower():
        return 0
    if word == word.upper():
        return 2 if len(word) > 1 else 1
    return 1 if word[1:] == word[1:].lower() else 3


def vary(piece: Piece, draw: random.Random) -> Piece:
    """
    The piece in the letters people type: as it is, lower-cased, upper-cased, or without its final stop.

    Names typed in lower case are half of what chat holds, so the model has to find them without capitals.
    """
    chance = draw.random()
    if chance < 0.35:
        text = piece.text.lower()
    elif chance < 0.38:
        text = piece.text.upper()
    else:
        text = piece.text
    return Piece(text if len(text) == len(piece.text) else piece.text, piece.spans, piece.source)


def join(pieces: Sequence[Piece], draw: random.Random) -> Piece:
    """Several pieces as one, the way lines stand in a longer message."""
    glue, text, spans = draw.choice(("\n", " ", "\n\n")), "", []
    for piece in pieces:
        text += glue if text else ""
        spans += [(start + len(text), end + len(text), kind) for start, end, kind in piece.spans]
        text += piece.text
    return Piece(text, tuple(spans), "joined")


def epoch(pieces: Sequence[Piece], draw: random.Random) -> list[Piece]:
    """One pass over all pieces in a new order and new letters; one in eight stands joined with its neighbours."""
    order = list(pieces)
    draw.shuffle(order)
    passed, place = [], 0
    while place < len(order):
        many = draw.randint(2, 4) if draw.random() < 0.05 else 1
        group = [vary(piece, draw) for piece in order[place : place + many]]
        passed.append(join(group, draw) if many > 1 else group[0])
        place += many
    return passed


def tokenizer() -> Tokenizer:
    """The base model's own tokeniser, without padding or truncation."""
    made = Tokenizer.from_file(str(base_folder() / "tokenizer.json"))
    made.no_padding()
    made.no_truncation()
    return made


def encode(pieces: Sequence[Piece], tokens: Tokenizer) -> list[Encoded]:
    """Each piece as ids, cases and tags, cut at `LONGEST` tokens."""
    return [_encode_one(piece, coded) for piece, coded in zip(pieces, tokens.encode_batch([piece.text for piece in pieces]), strict=True)]


def _encode_one(piece: Piece, coded: object) -> Encoded:
    offsets = coded.offsets[:LONGEST]
    cases = [case_of(piece.text[start:end]) for start, end in offsets]
    return Encoded(coded.ids[:LONGEST], cases, [_tag(piece, start, end) for start, end in offsets])


def _tag(piece: Piece, start: int, end: int) -> int:
    """Tag row of the token `[start, end)`; special tokens and places without a verdict carry no loss."""
    if start == end:
        return IGNORED
    for first, last, kind in piece.spans:
        if first < end and start < last:
            return IGNORED if kind == "?" else ROW[("B-" if start <= first else "I-") + kind]
    return ROW["O"]


def groups(encoded: Sequence[Encoded], draw: random.Random, tokens_per_batch: int = 3072) -> list[list[int]]:
    """Places of pieces of like length that make a batch, in random order."""
    order = list(range(len(encoded)))
    draw.shuffle(order)
    made: list[list[int]] = []
    for begin in range(0, len(order), 8000):
        chunk, group, longest = sorted(order[begin : begin + 8000], key=lambda place: len(encoded[place].ids)), [], 0
        for place in chunk:
            longest = max(longest, len(encoded[place].ids))
            if group and longest * (len(group) + 1) > tokens_per_batch:
                made.append(group)
                group = []
            group.append(place)
        made.append(group)
    draw.shuffle(made)
    return made


def collate(group: Sequence[Encoded]) -> tuple[torch.Tensor, ...]:
    """One padded batch: `(ids, mask, cases, tags)`."""
    width = max(len(piece.ids) for piece in group)
    ids, mask, cases = (torch.zeros(len(group), width, dtype=torch.long) for _ in range(3))
    tags = torch.full((len(group), width), IGNORED)
    for row, piece in enumerate(group):
        size = len(piece.ids)
        ids[row, :size], cases[row, :size], tags[row, :size] = map(torch.tensor, (piece.ids, piece.cases, piece.tags))
        mask[row, :size] = 1
    return ids, mask, cases, tags
