"""What the number of people allows for beside linkage: authors who seem to be third parties, misses by chance."""

import numpy as np
import polars as pl

from leakscope.individuals.uncertainty import Open, interval_of
from leakscope.individuals.unread import Unread

SCHEMA = {
    "cluster": pl.UInt32, "source": pl.String, "record": pl.UInt64, "group": pl.String, "slot": pl.String, "unit": pl.UInt32, "field": pl.String, "entity": pl.String,
    "value": pl.String, "detector": pl.String, "confidence": pl.Float64, "rank": pl.Float64, "side": pl.String, "in_turn": pl.Boolean,
}  # fmt: skip


def chats(named, own, unnamed):
    """
    Chats of one record each, whose author an id tells; in each somebody is named without a cue.

    `named` authors have a known full name, which is the name given in the first `own` of them; `unnamed` authors have none.
    """
    rows = []
    for record in range(named + unnamed):
        name = "ann lee " + chr(97 + record % 26) * (record // 26 + 1)
        common = {"source": "chats", "record": record, "group": "", "field": "text", "detector": "field", "confidence": 0.99}
        author = {**common, "cluster": record, "slot": "", "unit": record, "side": "own", "in_turn": False}
        rows.append({**author, "entity": "EMAIL_ADDRESS", "value": f"{record}@gmx.de", "rank": 4.0})
        if record < named:
            rows.append({**author, "entity": "PERSON", "value": name, "rank": 0.0})
        third = record if record < own else 1000 + record
        rows.append({**common, "cluster": third, "slot": "third:x", "unit": 1000 + record, "side": "third_party", "in_turn": True, "entity": "PERSON", "value": name if record < own else f"bob {name}", "rank": 0.0})
    members = pl.DataFrame(rows).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    rules = members.select("cluster").unique().with_columns(rule=pl.when(pl.col("cluster") >= 1000).then(pl.lit("name")).otherwise(pl.lit("identifier")))
    return Open(members=members, rules=rules)


def test_authors_who_seem_to_name_others_are_counted_as_often_as_known_names_show():
    """Of forty authors of known name twenty name themselves; so do about half of the forty whose name is not known."""
    told = interval_of(chats(40, 20, 40))

    assert told.low < 80 + 20 + 20 < told.high
    assert abs(told.value - 120) <= 4


def test_authors_who_never_name_themselves_leave_third_parties_what_they_are():
    """Forty authors of known name all name somebody else."""
    assert interval_of(chats(40, 0, 40)).value >= 80 + 80 - 2


def test_too_few_authors_of_known_name_tell_nothing():
    """Three are no share."""
    assert interval_of(chats(3, 1, 40)).value == 43 + 2 + 40


def test_how_many_were_missed_is_drawn_like_a_count():
    """Forty found at a recall of 0.95: about two missed, and now none, now five."""
    drawn = Unread(found=40, value=0.0, error=0.0, foreign=0.0, share=1.0).draws(4000, np.random.default_rng(1))

    assert abs(float(drawn.mean()) - 40 * 3 / 56) < 0.4
    assert float(drawn.var()) > float(drawn.mean())
    assert set(np.unique(drawn % 1)) == {0.0}
