"""Names across scripts and spellings: what is equal in "Müller", "Mueller" and "muller", in "李伟" and "Li Wei"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

import polars as pl
from anyascii import anyascii

from leakscope.individuals.vocabulary import words

_HAN, _HANGUL = r"\u4e00-\u9fff", r"\uac00-\ud7af"
_UNSPACED = re.compile(rf"[{_HAN}]{{2,5}}|[{_HANGUL}]{{2,4}}|[{_HAN}]+[\u3040-\u30ff]+")
#: What spellings of one name differ by, and what stands behind the first group then: umlauts written out, a vowel that romanisation softens.
_FOLDS = (("([aou])e", ""), ("([^aeiou])yu", "u"))
#: Japanese family names of Chinese characters have two as a rule; so full names of four divide in the middle.
_LONG = 4


def _family_length(name: str) -> int:
    """Characters of the family name that begins a name without a space; 0 where it may as well be a given name."""
    known = words()["names"]
    if name[:2] in known["two_character_surnames"] and len(name) > 2:
        return 2
    kana = re.search(r"[\u3040-\u30ff]", name)
    if kana:
        return kana.start()
    if len(name) >= _LONG:
        return 2
    return 1 if len(name) > 2 or name[0] in known["one_character_surnames"] else 0


@lru_cache(maxsize=65536)
def divided(name: str) -> tuple[str, ...]:
    """
    The parts of a name, family name last.

    Chinese, Korean and Japanese full names are written without a space, family name first.

    Example:
        >>> divided("ann lee"), divided("李伟"), divided("小川和也"), divided("家辉")
        (('ann', 'lee'), ('伟', '李'), ('和也', '小川'), ('家辉',))
    """
    parts = tuple(name.split())
    if len(parts) != 1 or not _UNSPACED.fullmatch(name):
        return parts
    length = _family_length(name)
    return (name[length:], name[:length]) if length else parts


def is_full(name: pl.Expr) -> pl.Expr:
    """Whether a normalised name has a given and a family name; as `divided` tells it where the script writes no space."""
    unspaced = name.str.contains(f"^(?:{_UNSPACED.pattern})$")
    known = name.str.slice(0, 1).is_in(words()["names"]["one_character_surnames"])
    return name.str.contains(" ", literal=True) | (unspaced & ((name.str.len_chars() > 2) | known))


@lru_cache(maxsize=262144)
def plain(text: str) -> str:
    """
    Latin letters alone, in one spelling: umlauts and their like are two letters in one place and one in another.

    Scripts are romanised character by character (anyascii, from Unicode's and the Library of Congress's tables): Chinese as
    pinyin without tones, also where a Japanese name is meant.

    Example:
        >>> plain("müller") == plain("Mueller") == plain("muller"), plain("Мюллер"), plain("李伟")
        (True, 'muller', 'liwei')
    """
    latin = text if text.isascii() else anyascii(text)
    letters = re.sub(r"[^a-z]", "", latin.lower())
    for written, folded in _FOLDS:
        letters = re.sub(written, rf"\g<1>{folded}", letters)
    return letters


def in_any_order(name: str) -> str:
    """
    The words of a full name in one spelling, whether the family or the given name comes first.

    Example:
        >>> in_any_order("Мюллер Иван") == in_any_order("ivan müller")
        True
    """
    return " ".join(sorted(plain(part) or part for part in divided(name)))


@cache
def _stands_for() -> Mapping[str, frozenset[int]]:
    """Name, as `plain` spells it -> the rows of `nicknames.toml` it stands in."""
    groups = tomllib.loads((files(__package__) / "nicknames.toml").read_text("utf-8"))["groups"]
    found: dict[str, set[int]] = {}
    for number, group in enumerate(groups):
        for name in group.split():
            found.setdefault(plain(name), set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


def with_spellings(rows: pl.DataFrame) -> pl.DataFrame:
    """
    `rows` with each given name and surname in one spelling, and what the given name is short for.

    Args:
        rows: `given, surname`, null where unknown.

    Returns:
        More columns `given_plain, surname_plain`, `given_latin, surname_latin` (nothing but Latin letters without marks) and
        `given_short`: numbers of rows of `nicknames.toml`, empty where it stands in none.
        Cost: one call for each distinct name.
    """
    for column in ("given", "surname"):
        names = rows.get_column(column).drop_nulls().unique()
        told = pl.DataFrame({column: names, f"{column}_plain": [plain(name) or name for name in names]}, schema={column: pl.String, f"{column}_plain": pl.String})
        told = told.with_columns(pl.col(column).str.contains(r"^[a-z .-]+$").alias(f"{column}_latin"))
        rows = rows.join(told, on=column, how="left", maintain_order="left")
    spelt = rows.get_column("given_plain").drop_nulls().unique()
    short = pl.DataFrame({"given_plain": spelt, "given_short": [sorted(_stands_for().get(name, ())) for name in spelt]}, schema={"given_plain": pl.String, "given_short": pl.List(pl.Int32)})
    return rows.join(short, on="given_plain", how="left", maintain_order="left").with_columns(pl.col("given_short").fill_null([]))


def name_keys(named: pl.DataFrame) -> pl.DataFrame:
    """
    What full names are called alike by, in whatever order, script and spelling.

    Args:
        named: has `name`, normalised and full.

    Returns:
        Its columns and `key`: two rows for each of its rows, given and family name in either order.
    """
    rows = []
    for name in named.get_column("name").unique(maintain_order=True):
        *given, family = divided(name)
        if given:
            # written together as in a mailbox, so that the seam folds alike
            rows += [(name, plain("".join((*given, family)))), (name, plain("".join((family, *given))))]
    keys = pl.DataFrame(rows, schema={"name": pl.String, "key": pl.String}, orient="row").filter(pl.col("key") != "")
    return named.join(keys, on="name")


def mailbox_key(mail: pl.Expr) -> pl.Expr:
    """The letters of a mailbox before the tag and the domain; null where too few are left to be a full name."""
    local = mail.str.extract(r"^([^@+]+)").str.to_lowercase().str.replace_all(r"[^a-z]", "")
    for written, folded in _FOLDS:
        local = local.str.replace_all(written, f"${{1}}{folded}")
    return pl.when(local.str.len_chars() >= LEAST_LETTERS).then(local)


#: Letters of a given and a family name written together, at least; own choice.
LEAST_LETTERS = 6
