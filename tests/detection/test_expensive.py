"""The expensive tier: a seeded sample of people's conversations, totals with intervals, sightings at every place."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from leakscope.detection import expensive
from leakscope.detection.chat import turns
from leakscope.detection.expensive_sightings import conversations_of
from leakscope.detection.expensive_totals import estimate_total, totals_of
from leakscope.detection.expensive_units import strata, units
from leakscope.errors import DomainError
from leakscope.model import Basis
from leakscope.safety.keys import IncidentKey
from leakscope.schema import SIGHTINGS, TURNS, empty
from tests.detection.chat_rows import KEY, text, turns_of, unfolded

SAYINGS = ["hello my name is Anna Miller", "i was diagnosed with diabetes last week", "how do i cook rice", "my daughter, 9, gets bullied at school", "what is the capital of france", "thanks a lot for the help"]


@pytest.fixture(scope="module")
def chat() -> pl.DataFrame:
    """Turns of thirty people, two conversations each, whose context is repeated."""
    rows = []
    for number in range(60):
        said = [{"role": "user", "content": SAYINGS[(number + step) % len(SAYINGS)]} for step in range(3)]
        rows += [{"session_id": f"s{number}", "user_id": f"u{number % 30}", "body": text({"messages": said[: step + 1]})} for step in range(3)]
    return turns_of(*rows)


@pytest.fixture(scope="module")
def everything(chat: pl.DataFrame) -> expensive.Expensive:
    """All of it read."""
    return expensive.read(expensive.plan(chat, budget_seconds=None), chat, None, KEY)


def test_a_repeated_turn_is_read_once(chat: pl.DataFrame) -> None:
    """Context sent again is no text of its own."""
    assert units(chat).height == chat.filter(pl.col("role") == "user")["turn"].n_unique()


def test_a_person_is_read_together(chat: pl.DataFrame) -> None:
    """Both conversations of a user are one unit."""
    assert strata(units(chat)).height == 30


def test_without_a_budget_everything_is_read(everything: expensive.Expensive) -> None:
    """Totals are exact counts of distinct turns."""
    assert everything.coverage["share"] == 1.0
    assert everything.totals["turns.PERSON"].basis == Basis.EXACT
    assert everything.totals["turns.PERSON"].value == 30


def test_sightings_stand_where_the_text_stands(everything: expensive.Expensive) -> None:
    """Every place of a read turn has its names, at the decoded place the attributes give."""
    names = everything.sightings.filter((pl.col("entity") == "PERSON") & (pl.col("value") == "Anna Miller"))
    assert everything.sightings.schema == SIGHTINGS
    assert set(names["value"]) == {"Anna Miller"}
    assert names["fingerprint"].n_unique() == 1
    assert names.select("record", "field").n_unique() > 30  # repeated context as well
    assert all("decoded_start" in attributes for attributes in names["attributes"])


def test_places_map_to_the_value_before_the_first_decoding(everything: expensive.Expensive, chat: pl.DataFrame) -> None:
    """The outer span encloses the name in the JSON text it stands in."""
    row = {"body": text({"messages": [{"role": "user", "content": 'I said "hi", I am Anna Miller'}]})}
    turns = turns_of(row)
    found = expensive.read(expensive.plan(turns, budget_seconds=None), turns, None, KEY).sightings.filter(pl.col("entity") == "PERSON")
    start, end = found.select("start", "end").row(0)
    assert row["body"][start:end] == "Anna Miller"


def test_ages_are_read_whatever_the_sample(chat: pl.DataFrame) -> None:
    """Cheap details of every turn are found although nothing was sampled."""
    found = expensive.read(expensive.plan(chat, expensive_sample=0), chat, None, KEY)
    ages = found.sightings.filter(pl.col("entity") == "AGE")
    assert set(ages["value"]) == {"9"}
    assert '"child":true' in ages["attributes"][0]


def test_the_same_number_and_seed_choose_the_same_units(chat: pl.DataFrame) -> None:
    """`--expensive-sample N` replays a run."""
    one, two = (expensive.plan(chat, expensive_sample=9, seed=4) for _ in range(2))
    assert one.units.equals(two.units)
    assert one.size == int(one.units["chosen"].sum()) == 9


def test_the_key_does_not_change_what_is_read() -> None:
    """Two runs under different keys read the same texts."""
    rows = [{"session_id": f"s{number}", "user_id": f"u{number % 30}", "messages": [{"role": "user", "content": f"{SAYINGS[number % 6]} number {number}"}]} for number in range(60)]

    def texts_read(key: IncidentKey) -> set[str]:
        planned = expensive.plan(turns(*unfolded(*rows), key), expensive_sample=9, seed=4)
        return set(planned.texts.join(planned.units.filter("chosen"), on="unit")["text"])

    assert len(texts_read(KEY)) == 18
    assert texts_read(KEY) == texts_read(IncidentKey(b"x" * 32))


@pytest.mark.parametrize("size", [1, 3, 7, 20, 40])
def test_as_many_units_are_read_as_asked_for(chat: pl.DataFrame, size: int) -> None:
    """No unit of the sample is left over, however few there are for a stratum."""
    made = expensive.plan(chat, expensive_sample=size)
    assert int(made.units["chosen"].sum()) == min(size, 30)


def test_guesses_narrow_an_interval_that_still_holds_the_whole() -> None:
    """Where words tell what is found, the interval is at most six tenths as wide, and holds the whole 18 times of 20 or more."""
    draw = np.random.default_rng(5)
    ill, number = draw.random(3_000) < 0.1, range(3_000)
    said = ["i was told that i have cancer" if one else "how do i cook rice for a party" for one in ill]
    texts = pl.DataFrame({"unit": [f"u{n}" for n in number], "turn": [f"t{n}" for n in number], "conversation": [f"c{n}" for n in number], "role": "user", "language": "en", "text": said, "worthwhile": True})
    found = ill & (draw.random(3_000) < 0.9)
    hits = texts.filter(pl.Series(found)).select("turn", topic=pl.lit("health"))
    spans = pl.DataFrame(schema={"turn": pl.String, "entity": pl.String})
    held, widths = 0, []
    for seed in range(20):
        chosen = pl.Series(np.random.default_rng(seed).permutation(3_000) < 400)
        known = pl.DataFrame({"unit": texts["unit"], "stratum": "s", "kind": "chat", "turns": 1, "conversations": 1, "chosen": chosen})
        estimate = totals_of(known, texts, spans, hits.join(texts.filter(chosen), on="turn", how="semi"))["turns.health"]
        plain = estimate_total(known, texts.filter(chosen).join(hits, on="turn").select("unit", hits=pl.lit(1)), "turns")
        held += estimate.low <= found.sum() <= estimate.high
        widths.append((estimate.high - estimate.low) / (plain.high - plain.low))
    assert held >= 18
    assert max(widths) < 0.6


def test_a_budget_fixes_the_sample_before_reading(chat: pl.DataFrame) -> None:
    """A measured speed and a number of units stand in the plan."""
    made = expensive.plan(chat, budget_seconds=0.001)
    assert made.speed > 0
    assert made.size < 30


def test_a_sample_gives_intervals_around_the_whole(chat: pl.DataFrame, everything: expensive.Expensive) -> None:
    """Over seeds, nine in ten intervals hold what reading everything finds."""
    held = []
    for seed in range(12):
        found = expensive.read(expensive.plan(chat, expensive_sample=15, seed=seed), chat, None, KEY)
        for name in ("turns.PERSON", "turns.health", "people.health"):
            estimate, whole = found.totals[name], everything.totals[name].value
            held.append(estimate.low <= whole <= estimate.high)
    assert sum(held) / len(held) >= 0.9


def test_zero_seen_in_a_sample_is_not_zero(chat: pl.DataFrame) -> None:
    """A topic nobody met has an upper bound above none."""
    found = expensive.read(expensive.plan(chat, expensive_sample=10), chat, None, KEY)
    assert found.totals["turns.union"].value == 0
    assert found.totals["turns.union"].high > 0


def test_what_nothing_reads_is_said(chat: pl.DataFrame) -> None:
    """A language without a reader stands in coverage as not read."""
    turns = turns_of({"messages": [{"role": "user", "content": "নমস্কার, আমার নাম রাহুল এবং আমি কলকাতায় থাকি"}]})
    found = expensive.read(expensive.plan(turns, budget_seconds=None), turns, None, KEY)
    assert {entry["read_by"] for entry in found.coverage["languages"]} == {"not read"}


def test_a_language_of_which_few_names_are_known_counts_as_not_read() -> None:
    """Thai names are found by a short list, and coverage says that the language is not read."""
    turns = turns_of({"messages": [{"role": "user", "content": "พรุ่งนี้ช่วยโทรหาคุณสมชายเรื่องเอกสารด้วยนะ"}]})
    found = expensive.read(expensive.plan(turns, budget_seconds=None), turns, None, KEY)
    assert {entry["read_by"] for entry in found.coverage["languages"]} == {"not read"}


def test_sentences_outside_chat_are_read() -> None:
    """Free text of a table is a unit of its own and gives sightings."""
    from leakscope.engines.batch import prose

    values, _ = unfolded({"note": "Customer John Smith called about his invoice from last week."}, {"note": "Customer John Smith called about his invoice from last week."})
    sentences = prose(values, empty(TURNS), empty(SIGHTINGS))
    found = expensive.read(expensive.plan(empty(TURNS), sentences, budget_seconds=None), empty(TURNS), sentences, KEY)
    assert found.sightings.filter(pl.col("entity") == "PERSON").select("record", "value").rows() == [(0, "John Smith"), (1, "John Smith")]
    assert found.totals["sentences.PERSON"].value == 1


def test_a_negative_budget_is_bad_use() -> None:
    """Budgets and samples are not negative."""
    with pytest.raises(DomainError):
        expensive.plan(empty(TURNS), budget_seconds=-1)


def test_nothing_gives_nothing() -> None:
    """No turns, no sightings, no failure."""
    found = expensive.read(expensive.plan(empty(TURNS), budget_seconds=5), empty(TURNS), None, KEY)
    assert found.sightings.is_empty()


def test_the_combined_ratio_agrees_with_a_calculation_by_hand() -> None:
    """One stratum of four units, two read with hits 1 of 2 and 0 of 2 turns: a quarter of eight turns."""
    known = pl.DataFrame({"unit": list("abcd"), "stratum": ["s"] * 4, "turns": [2, 2, 2, 2], "conversations": [1] * 4, "chosen": [True, True, False, False]})
    found = estimate_total(known, pl.DataFrame({"unit": ["a"], "hits": [1]}), "turns")
    assert found.value == pytest.approx(2.0)
    assert found.low >= 1.0
    assert found.high > 2.0


def test_everybody_who_writes_in_a_conversation_exposed_it() -> None:
    """A channel of three people is chat content of three, each at the first turn of theirs."""
    rows = [{"conversation_id": "general", "user_id": f"u{number % 3}", "role": "user", "content": f"{SAYINGS[number % 6]} number {number}"} for number in range(9)]
    assert conversations_of(turns(*unfolded(*rows), KEY)).height == 3
    alone = [{"conversation_id": "general", **({"user_id": "u1"} if number else {}), "role": "user", "content": f"{SAYINGS[number]} number {number}"} for number in range(3)]
    assert conversations_of(turns(*unfolded(*alone), KEY)).height == 1
