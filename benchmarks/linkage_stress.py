"""
Person tables with the faults that real ones have, and how well linkage tells the people in them apart.

    python benchmarks/linkage_stress.py [PEOPLE] [SEED]

Names are made of syllables, so that no list of names helps. A table has people with several records each; households share surname, address
and phone; some are twins. A record may be misspelt (keyboard and phonetic slips), have its names swapped, a nickname, day and month of
birth exchanged, a new address or phone, a woman's married name, values missing or in another form. Printed are the people, those counted,
and precision and recall of pairs; of people who moved, married and share nothing no method finds all.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable

import polars as pl

import leakscope

_SYLLABLES = "ba be bi bo da de do fa fe ga go ha he ja jo ka ke ki la le li lo ma me mi mo na ne ni no pa pe ra re ri ro sa se so ta te ti to va ve vi vo wa za".split()
_ENDS = "n r l s m t k".split()
_STREETS = "Street Road Lane Avenue Close Drive".split()
_SLIPS = {"c": "k", "k": "c", "f": "ph", "s": "z", "z": "s", "i": "y", "e": "a", "a": "e", "n": "m", "m": "n", "v": "w", "d": "t", "t": "d"}


def _word(draw: random.Random, parts: int) -> str:
    return ("".join(draw.choice(_SYLLABLES) for _ in range(parts)) + (draw.choice(_ENDS) if draw.random() < 0.6 else "")).capitalize()


class _World:
    """Pools that people are drawn from: few given names and surnames are common, many are rare."""

    def __init__(self, draw: random.Random, people: int) -> None:
        self.draw = draw
        self.given = [_word(draw, 2) for _ in range(max(60, people // 12))]
        self.surnames = [_word(draw, draw.choice((2, 3))) for _ in range(max(120, people // 4))]
        self.towns = [(_word(draw, 3), f"{draw.randint(10, 99)}{draw.randint(100, 999)}") for _ in range(max(8, people // 60))]
        self.streets = [f"{_word(draw, 2)} {draw.choice(_STREETS)}" for _ in range(max(40, people // 6))]

    def skewed(self, pool: list[str]) -> str:
        """One of the pool, the first ones much oftener."""
        return pool[int(len(pool) * self.draw.random() ** 1.8)]

    def home(self) -> dict[str, str]:
        """An address and its phone."""
        town, code = self.draw.choice(self.towns)
        return {"street": f"{self.draw.randint(1, 180)} {self.draw.choice(self.streets)}", "city": town, "postcode": code, "phone": f"+4420{self.draw.randint(10_000_000, 99_999_999)}"}

    def birth(self) -> tuple[int, int, int]:
        """Year, month, day."""
        return self.draw.randint(1935, 2006), self.draw.randint(1, 12), self.draw.randint(1, 28)

    def household(self) -> list[dict[str, object]]:
        """One to four people of one home, some of them twins."""
        home, surname = self.home(), self.skewed(self.surnames)
        members: list[dict[str, object]] = []
        for _ in range(self.draw.choices((1, 2, 3, 4), (60, 25, 10, 5))[0]):
            birth = members[-1]["birth"] if members and self.draw.random() < 0.08 else self.birth()
            given = self.skewed(self.given)
            while any(given == one["given"] for one in members):
                given = self.skewed(self.given)
            members.append({**home, "given": given, "surname": surname, "birth": birth, "mail": f"{given}.{surname}{self.draw.randint(1, 999)}@mailbox.{self.draw.choice(('net', 'org', 'de'))}".lower()})
        return members


def _slip(draw: random.Random, text: str) -> str:
    """`text` with one slip of the fingers or the ear."""
    if len(text) < 3:
        return text
    place = draw.randrange(len(text) - 1)
    kind = draw.randrange(5)
    if kind == 0:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if kind == 1:
        return text[:place] + text[place + 1 :]
    if kind == 2:
        return text[:place] + text[place] + text[place:]
    if kind == 3 and text[place].lower() in _SLIPS:
        return text[:place] + _SLIPS[text[place].lower()] + text[place + 1 :]
    other = draw.choice("0123456789" if text[place].isdigit() else "abcdefghijklmnopqrstuvwxyz")
    return text[:place] + other + text[place + 1 :]


def _record(world: _World, person: dict[str, object], fault: float) -> dict[str, str | None]:
    """One record of a person, each fault with its chance."""
    draw = world.draw
    year, month, day = person["birth"]  # type: ignore[misc]
    if draw.random() < 0.06 * fault and day <= 12:
        month, day = day, month
    given, surname = str(person["given"]), str(person["surname"])
    if draw.random() < 0.08 * fault:
        given = given[: max(2, len(given) // 2)] + draw.choice(("", "y", "ie"))
    if draw.random() < 0.02 * fault:
        surname = world.skewed(world.surnames)
    if draw.random() < 0.04 * fault:
        given, surname = surname, given
    home = world.home() if draw.random() < 0.12 * fault else {name: str(person[name]) for name in ("street", "city", "postcode", "phone")}
    row: dict[str, str | None] = {"first_name": given, "last_name": surname, "date_of_birth": f"{year}-{month:02}-{day:02}", **home, "email": str(person["mail"])}
    for name in list(row):
        value = row[name]
        if value and draw.random() < 0.09 * fault:
            row[name] = _slip(draw, value)
        if name != "last_name" and draw.random() < 0.05 * fault:
            row[name] = None
    if row["phone"] and draw.random() < 0.3:
        row["phone"] = row["phone"].replace("+44", "0", 1)
    return row


def table(people: int, seed: int, *, fault: float = 1.0, several: float = 0.4) -> tuple[pl.DataFrame, list[int]]:
    """
    A shuffled table and the person of each row.

    Args:
        people: how many.
        seed: of everything.
        fault: factor on every fault.
        several: chance that a person has one more record, again and again.
    """
    draw = random.Random(seed)
    world = _World(draw, people)
    everybody: list[dict[str, object]] = []
    while len(everybody) < people:
        everybody += world.household()
    rows = []
    for number, person in enumerate(everybody[:people]):
        rows.append((_record(world, person, fault), number))
        while draw.random() < several:
            rows.append((_record(world, person, fault), number))
    draw.shuffle(rows)
    return pl.DataFrame([row for row, _ in rows], infer_schema_length=None), [number for _, number in rows]


def pairs(found: list[str | None], truth: list[int]) -> tuple[float, float]:
    """Precision and recall of pairs of records."""
    both = Counter(zip(found, truth, strict=True))
    inside = sum(n * (n - 1) // 2 for n in both.values())
    claimed = sum(n * (n - 1) // 2 for n in Counter(found).values())
    true = sum(n * (n - 1) // 2 for n in Counter(truth).values())
    return inside / claimed if claimed else 1.0, inside / true if true else 1.0


SHAPES: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "all columns": lambda frame: frame,
    "no mailbox": lambda frame: frame.drop("email"),
    "no mailbox, no phone": lambda frame: frame.drop("email", "phone"),
    "name, birth date, town": lambda frame: frame.select("first_name", "last_name", "date_of_birth", "city", "postcode"),
    "name, address": lambda frame: frame.select("first_name", "last_name", "street", "city", "postcode"),
    "full name, phone": lambda frame: frame.select(pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True).alias("name"), "phone", "street", "city"),
}


def main(people: int, seed: int) -> None:
    """Print one line a table."""
    print("faults | columns | records | people | counted | off | precision | recall | CPU seconds")
    for fault in (0.5, 1.0, 2.0):
        frame, truth = table(people, seed, fault=fault)
        for name, cut in SHAPES.items():
            began = time.process_time()
            found = leakscope.individuals(cut(frame))["person"].to_list()
            precision, recall = pairs(found, truth)
            counted, real = len(set(found) - {None}), len(set(truth))
            print(f"{fault} | {name} | {frame.height} | {real} | {counted} | {counted / real - 1:+.1%} | {precision:.3f} | {recall:.3f} | {time.process_time() - began:.1f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
