"""Sentences with alternatives and slots: `[a|b]` stands for one of several, `{slot}` for a value of a person."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from leakscope.corpus.draw import Draw
from leakscope.corpus.people import Person

#: Slot -> entity type and the value of the person; a leading `t` in the slot means the third party.
SLOTS: Mapping[str, tuple[str, Callable[[Person], str | None]]] = {
    "name": ("PERSON", lambda p: p.name),
    "first": ("PERSON", lambda p: p.first),
    "email": ("EMAIL_ADDRESS", lambda p: p.email),
    "phone": ("PHONE_NUMBER", lambda p: p.phone),
    "address": ("POSTAL_ADDRESS", lambda p: p.address),
    "dob": ("DATE_OF_BIRTH", lambda p: p.born_text),
    "nid": ("", lambda p: p.national_id),
    "iban": ("IBAN_CODE", lambda p: p.iban),
    "card": ("CREDIT_CARD", lambda p: p.card),
}

Node = str | tuple  # text, or ("slot", third?, name), or ("one", alternatives)


@dataclass(frozen=True, slots=True)
class Mention:
    """A value of a person inside a rendered text."""

    entity: str
    value: str
    person: Person
    third: bool


@dataclass(frozen=True, slots=True)
class Language:
    """Everything people type in one language, compiled."""

    code: str
    open: tuple[str, ...]
    close: tuple[str, ...]
    reply: tuple[str, ...]
    plain: Mapping[str, tuple[tuple[Node, ...], ...]]  # harmless, own, third
    topics: Mapping[str, Mapping[str, tuple[tuple[Node, ...], ...]]]  # topic -> about -> sentences


def compile_sentence(text: str) -> tuple[Node, ...]:
    """The nodes of a sentence; brackets do not nest, slots may stand inside them."""
    nodes: list[Node] = []
    for place, part in enumerate(_split(text, "[", "]")):
        if place % 2:
            nodes.append(("one", tuple(_slots(choice) for choice in part.split("|"))))
        else:
            nodes.extend(_slots(part))
    return tuple(nodes)


def _split(text: str, opening: str, closing: str) -> list[str]:
    """Outside, inside, outside, ... A bracket without the template's bar is text (`row["x"]`)."""
    parts, rest = [""], text
    while opening in rest:
        before, _, after = rest.partition(opening)
        inside, closed, behind = after.partition(closing)
        if not closed:
            break
        if "|" in inside and opening not in inside:
            parts[-1] += before
            parts += [inside, ""]
            rest = behind
        else:
            parts[-1] += before + opening
            rest = after
    parts[-1] += rest
    return parts


def _slots(text: str) -> tuple[Node, ...]:
    nodes: list[Node] = []
    rest = text
    while "{" in rest:
        before, _, after = rest.partition("{")
        name, closed, behind = after.partition("}")
        third = name.startswith("t") and name[1:] in SLOTS
        known = name[1:] if third else name
        if not closed or known not in SLOTS:
            nodes.append(before + "{")
            rest = after
            continue
        nodes += [before, ("slot", third, known)]
        rest = behind
    return tuple(node for node in (*nodes, rest) if node)


def render(draw: Draw, sentence: tuple[Node, ...], own: Person, third: Person, mentions: list[Mention]) -> str | None:
    """The sentence as text, its mentions appended; null when the people lack a value it needs."""
    out: list[str] = []
    for node in sentence:
        if isinstance(node, str):
            out.append(node)
        elif node[0] == "one":
            text = render(draw, draw.pick(node[1]), own, third, mentions)
            if text is None:
                return None
            out.append(text)
        else:
            person = third if node[1] else own
            entity, read = SLOTS[node[2]]
            value = read(person)
            if value is None:
                return None
            mentions.append(Mention(entity or person.national_id_entity or "NATIONAL_ID", value, person, node[1]))
            out.append(value)
    return "".join(out)


def _sentences(rows: list[str]) -> tuple[tuple[Node, ...], ...]:
    return tuple(compile_sentence(row) for row in rows)


@cache
def languages() -> Mapping[str, Language]:
    """Every language of `pools/chat`, by code."""
    folder = files("leakscope.corpus") / "pools" / "chat"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {name.removesuffix(".toml"): _language(name.removesuffix(".toml"), tomllib.loads((folder / name).read_text("utf-8"))) for name in names}


def _language(code: str, row: dict[str, Any]) -> Language:
    plain = {kind: _sentences(row[kind]) for kind in ("harmless", "own", "third")}
    topics = {topic: {about: _sentences(texts) for about, texts in abouts.items()} for topic, abouts in row["topic"].items()}
    return Language(code, tuple(row["open"]), tuple(row["close"]), tuple(row["reply"]), plain, topics)
